import { mimirPaths } from '../paths.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** The runtime configuration, which Mimir reads again by itself. The file must exist when Mimir starts. */
export function runtime(deployment: MimirDeployment): ConfigSection {
  return { runtime_config: { file: mimirPaths(deployment).limits, period: '2s' } };
}

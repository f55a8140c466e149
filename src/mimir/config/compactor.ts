import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** The compactor, whose clean-up writes the bucket index by which store-gateways find new blocks. */
export function compactor({ dataDir }: MimirDeployment): ConfigSection {
  return { compactor: { data_dir: `${dataDir}/compactor`, cleanup_interval: '30s' } };
}

import { replicationFactor } from './deployment.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** The ingester's place in its ring. */
export function ingester({ dataDir }: MimirDeployment): ConfigSection {
  return {
    ingester: {
      ring: {
        replication_factor: replicationFactor,
        // The default waits 15 s before /ready, which slows roll-outs and saves nothing.
        min_ready_duration: '0s',
        tokens_file_path: `${dataDir}/ingester-tokens`,
      },
    },
  };
}

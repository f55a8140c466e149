import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** The ingester's place in its ring. */
export function ingester({ dataDir, replication }: MimirDeployment): ConfigSection {
  return {
    ingester: {
      ring: {
        replication_factor: replication.factor,
        // The default waits 15 s before /ready, which slows roll-outs and saves nothing.
        min_ready_duration: '0s',
        tokens_file_path: `${dataDir}/ingester-tokens`,
        // A unit that restarts is back in seconds: the others must not take over its series for that long.
        unregister_on_shutdown: false,
      },
    },
  };
}

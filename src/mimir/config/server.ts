import { ports } from '../ports.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** What runs and what it listens on. */
export function server({ dataDir, logLevel, replication }: MimirDeployment): ConfigSection {
  return {
    target: 'all,alertmanager',
    multitenancy_enabled: false,
    // Kubernetes replaces the pods of a refresh faster than a Mimir starts; by this, one is there before the next one goes.
    shutdown_delay: replication.factor === 1 ? undefined : '10s',
    server: {
      http_listen_port: ports.http,
      grpc_listen_port: ports.grpc,
      log_level: logLevel,
      log_format: 'logfmt',
    },
    usage_stats: { enabled: false },
    // By default it is written to the working directory, which may be read-only.
    activity_tracker: { filepath: `${dataDir}/activity.log` },
  };
}

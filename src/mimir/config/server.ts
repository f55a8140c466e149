import { ports } from '../ports.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';
import { serverTls } from './tls.ts';

/** What runs and what it listens on. */
export function server(deployment: MimirDeployment): ConfigSection {
  const { logLevel, replication } = deployment;
  const tls = serverTls(deployment);
  return {
    target: 'all,alertmanager',
    multitenancy_enabled: false,
    // Kubernetes replaces the pods of a refresh faster than a Mimir starts; by this, one is there before the next one goes.
    // And where the pod stays, the Service leaves it out in time: after two failed checks, 3 s each, and a kubelet's round of 5 s.
    shutdown_delay: replication.factor === 1 ? undefined : '12s',
    server: {
      http_listen_port: ports.http,
      grpc_listen_port: ports.grpc,
      http_tls_config: tls,
      grpc_tls_config: tls,
      log_level: logLevel,
      log_format: 'logfmt',
    },
    usage_stats: { enabled: false },
    // A file that is mapped into memory, by which a crash tells what ran: on a disk that is full, Mimir dies of it (SIGBUS).
    activity_tracker: { filepath: '' },
  };
}

import { ports } from '../ports.ts';
import { mimirPaths } from '../paths.ts';
import { alertmanagerPath } from './alertmanager.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';
import { grpcClient } from './tls.ts';

/** The ruler, and the Alertmanagers that it sends every alert to: the related ones, else the one in its own process. */
export function ruler(deployment: MimirDeployment): ConfigSection {
  const { dataDir } = deployment;
  return {
    ruler: {
      rule_path: `${dataDir}/ruler`,
      // With the defaults of 10s a posted rule is first evaluated 20 s later.
      outbound_sync_queue_poll_interval: '1s',
      inbound_sync_queue_poll_interval: '1s',
      ruler_client: grpcClient(deployment),
    },
    // A limit by Mimir's reckoning, but one that it reads once, when it first sees a rule. Without a URL alerts fire and reach no one.
    limits: { ruler_alertmanager_client_config: alertmanagers(deployment) },
  };
}

/** Mimir splits the list at commas, and asks each for `/api/v2` below its path. */
function alertmanagers(deployment: MimirDeployment): ConfigSection {
  const { alertmanagerUrls, tls } = deployment;
  if (alertmanagerUrls.length > 0)
    return { alertmanager_url: [...new Set(alertmanagerUrls)].sort().join(',') };
  const own = `127.0.0.1:${ports.http}${alertmanagerPath}`;
  if (tls === undefined) return { alertmanager_url: `http://${own}` };
  const { ca } = mimirPaths(deployment).tlsFiles;
  return { alertmanager_url: `https://${own}`, tls_ca_path: ca, tls_server_name: tls.serverName };
}

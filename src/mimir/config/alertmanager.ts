import { mimirPaths } from '../paths.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';
import { grpcClient } from './tls.ts';

/** Path that Mimir serves its Alertmanager under. */
export const alertmanagerPath = '/alertmanager';

/**
 * The fallback file: an Alertmanager configuration that tells no one. Without it the Alertmanager answers 406 until 15 s after the
 * first configuration was posted. Mimir copies it to its storage at the first request, so a later text changes nothing.
 */
export const alertmanagerFallback = `route:
  receiver: none
receivers:
  - name: none
`;

/** The Alertmanager. */
export function alertmanager(deployment: MimirDeployment): ConfigSection {
  return {
    alertmanager: {
      data_dir: `${deployment.dataDir}/alertmanager`,
      fallback_config_file: mimirPaths(deployment).alertmanagerFallback,
      external_url: externalUrl(deployment),
      // A lone Mimir that is killed, or is the last of several, has silences only from here: the default is 15m.
      persist_interval: '1m',
      alertmanager_client: grpcClient(deployment),
      sharding_ring: { replication_factor: deployment.replication.factor },
    },
  };
}

/** Its path must be the one that Mimir serves, or every request gets 404; so the path of an ingress is left out. */
function externalUrl(deployment: MimirDeployment): string {
  return `${new URL(deployment.externalUrl).origin}${alertmanagerPath}`;
}

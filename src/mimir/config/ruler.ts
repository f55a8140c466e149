import { ports } from '../ports.ts';
import { alertmanagerPath } from './alertmanager.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** The ruler, and the Alertmanager that it sends alerts to: the one in its own process. */
export function ruler({ dataDir }: MimirDeployment): ConfigSection {
  return {
    ruler: {
      rule_path: `${dataDir}/ruler`,
      // With the defaults of 10s a posted rule is first evaluated 20 s later.
      outbound_sync_queue_poll_interval: '1s',
      inbound_sync_queue_poll_interval: '1s',
    },
    // A limit by Mimir's reckoning, but one that needs a restart. Without a URL alerts fire and reach no one.
    limits: {
      ruler_alertmanager_client_config: {
        alertmanager_url: `http://127.0.0.1:${ports.http}${alertmanagerPath}`,
      },
    },
  };
}

import { ports } from '../ports.ts';
import { alertmanagerPath } from './alertmanager.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** The ruler, and the Alertmanagers that it sends every alert to: the related ones, else the one in its own process. */
export function ruler({ dataDir, alertmanagerUrls }: MimirDeployment): ConfigSection {
  return {
    ruler: {
      rule_path: `${dataDir}/ruler`,
      // With the defaults of 10s a posted rule is first evaluated 20 s later.
      outbound_sync_queue_poll_interval: '1s',
      inbound_sync_queue_poll_interval: '1s',
    },
    // A limit by Mimir's reckoning, but one that it reads once, when it first sees a rule. Without a URL alerts fire and reach no one.
    limits: { ruler_alertmanager_client_config: { alertmanager_url: joined(alertmanagerUrls) } },
  };
}

/** Mimir splits the list at commas, and asks each for `/api/v2` below its path. */
function joined(alertmanagerUrls: readonly string[]): string {
  if (alertmanagerUrls.length === 0) return `http://127.0.0.1:${ports.http}${alertmanagerPath}`;
  return [...new Set(alertmanagerUrls)].sort().join(',');
}

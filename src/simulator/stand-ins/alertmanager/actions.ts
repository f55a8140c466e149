import type { ActionValues, HookTools } from '../../../juju/index.ts';
import { readJournal } from '../read-journal.ts';
import { runActionOf } from '../run-dispatch.ts';
import { alertmanagerPort } from './address.ts';
import { journal } from './workload/server.ts';

/** What an action needs of the world. */
export interface ActionPorts {
  readonly tools: HookTools;
  /** Where the workload answers; the pod's loopback if absent. */
  readonly workloadUrl?: string;
}

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: ActionPorts): Promise<void> {
  await runActionOf({ 'list-alerts': listAlerts }, name, ports);
}

async function listAlerts({
  tools,
  workloadUrl = `http://127.0.0.1:${alertmanagerPort}`,
}: ActionPorts): Promise<void> {
  const { requests, alerts } = await readJournal({
    url: `${workloadUrl}/journal`,
    journal,
    doing: 'list alerts',
  });
  const active = alerts.filter(({ state }) => state === 'active').length;
  const shown: Record<string, ActionValues> = {};
  for (const [index, alert] of alerts.entries()) {
    shown[index] = {
      ...{ alertname: alert.labels['alertname'] ?? '', state: alert.state, fingerprint: alert.fingerprint },
      ...{ 'starts-at': alert.startsAt, 'ends-at': alert.endsAt },
      labels: JSON.stringify(alert.labels),
      annotations: JSON.stringify(alert.annotations),
    };
  }
  await tools.actionSet({ requests, active, resolved: alerts.length - active, alerts: shown });
}

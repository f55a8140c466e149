import { z } from 'zod';
import type { ActionValues, HookTools } from '../../../juju/index.ts';
import { connectionReason } from '../connection-reason.ts';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
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

async function listAlerts(ports: ActionPorts): Promise<void> {
  const { requests, alerts } = await readJournal(ports);
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
  await ports.tools.actionSet({ requests, active, resolved: alerts.length - active, alerts: shown });
}

async function readJournal({
  workloadUrl = `http://127.0.0.1:${alertmanagerPort}`,
}: ActionPorts): Promise<z.infer<typeof journal>> {
  try {
    const response = await fetch(`${workloadUrl}/journal`);
    return journal.parse(await response.json());
  } catch (cause) {
    if (cause instanceof z.ZodError) throw cause;
    const why = `the workload does not answer (${connectionReason(cause)}); see the unit's status`;
    throw new ActionFailure(`cannot list alerts: ${why}`, { cause });
  }
}

import { z } from 'zod';
import type { ActionValues, HookTools } from '../../../juju/index.ts';
import { readJournal } from '../read-journal.ts';
import { runActionOf } from '../run-dispatch.ts';
import { journalView } from './workload/journal.ts';
import { journalPort } from './workload/server.ts';

/** What an action needs of the world. */
export interface ActionPorts {
  readonly tools: HookTools;
  /** Where the workload shows its journal; the pod's loopback if absent. */
  readonly journalUrl?: string;
}

/** Juju keeps what an action answers in its database. */
const mostShown = 20;

const parameters = z.object({ service: z.string().default('') });

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: ActionPorts): Promise<void> {
  await runActionOf({ 'list-traces': listTraces }, name, ports);
}

async function listTraces({
  tools,
  journalUrl = `http://127.0.0.1:${journalPort}`,
}: ActionPorts): Promise<void> {
  const wanted = parameters.parse(await tools.actionGet()).service;
  const { requests, services, traces } = await readJournal({
    ...{ url: journalUrl, journal: journalView, doing: 'list traces' },
    signal: AbortSignal.timeout(5000),
  });
  const shown: Record<string, ActionValues> = {};
  for (const [index, [service, { spans, names }]] of Object.entries(services).entries())
    shown[index] = { service, spans, names: names.join(', ') };
  const asked = traces.filter(({ service }) => wanted === '' || service === wanted);
  const last = JSON.stringify(asked.slice(-mostShown));
  await tools.actionSet({ requests, services: shown, traces: last });
}

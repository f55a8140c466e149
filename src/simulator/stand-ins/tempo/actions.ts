import { z } from 'zod';
import type { ActionValues, HookTools } from '../../../juju/index.ts';
import { connectionReason } from '../connection-reason.ts';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
import { journalView, type JournalView } from './workload/journal.ts';
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

async function listTraces(ports: ActionPorts): Promise<void> {
  const wanted = parameters.parse(await ports.tools.actionGet()).service;
  const { requests, services, traces } = await readJournal(ports);
  const shown: Record<string, ActionValues> = {};
  for (const [index, [service, { spans, names }]] of Object.entries(services).entries())
    shown[index] = { service, spans, names: names.join(', ') };
  const asked = traces.filter(({ service }) => wanted === '' || service === wanted);
  const last = JSON.stringify(asked.slice(-mostShown));
  await ports.tools.actionSet({ requests, services: shown, traces: last });
}

async function readJournal({
  journalUrl = `http://127.0.0.1:${journalPort}`,
}: ActionPorts): Promise<JournalView> {
  try {
    const response = await fetch(journalUrl, { signal: AbortSignal.timeout(5000) });
    return journalView.parse(await response.json());
  } catch (cause) {
    if (cause instanceof z.ZodError) throw cause;
    const why = `the workload does not answer (${connectionReason(cause)}); see the unit's status`;
    throw new ActionFailure(`cannot list traces: ${why}`, { cause });
  }
}

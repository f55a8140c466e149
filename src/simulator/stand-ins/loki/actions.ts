import { z } from 'zod';
import type { HookTools } from '../../../juju/index.ts';
import { connectionReason } from '../connection-reason.ts';
import { ActionFailure, runActionOf } from '../run-dispatch.ts';
import { lokiPort } from './address.ts';
import { journal } from './workload/server.ts';

/** What an action needs of the world. */
export interface ActionPorts {
  readonly tools: HookTools;
  /** Where the workload answers; the pod's loopback if absent. */
  readonly workloadUrl?: string;
}

/** Runs one of the charm's actions. What goes wrong becomes the action's failure. */
export async function runAction(name: string, ports: ActionPorts): Promise<void> {
  await runActionOf({ 'list-streams': listStreams, 'list-rules': listRules }, name, ports);
}

async function listStreams(ports: ActionPorts): Promise<void> {
  const { streams } = await readJournal(ports);
  await ports.tools.actionSet({ streams: JSON.stringify(streams) });
}

async function listRules({ tools }: ActionPorts): Promise<void> {
  const rules: Record<string, unknown> = {};
  for (const id of await tools.relationIds('logging')) {
    const app = await tools.relationApp(id);
    const bag = app === undefined ? undefined : await tools.relationGet(id, { app });
    rules[id] = JSON.parse(bag?.['alert_rules'] ?? '{}');
  }
  await tools.actionSet({ rules: JSON.stringify(rules) });
}

async function readJournal({
  workloadUrl = `http://127.0.0.1:${lokiPort}`,
}: ActionPorts): Promise<z.infer<typeof journal>> {
  try {
    const response = await fetch(`${workloadUrl}/journal`);
    return journal.parse(await response.json());
  } catch (cause) {
    if (cause instanceof z.ZodError) throw cause;
    const why = `the workload does not answer (${connectionReason(cause)}); see the unit's status`;
    throw new ActionFailure(`cannot list streams: ${why}`, { cause });
  }
}

import type { HookTools } from '../../../juju/index.ts';
import { readJournal } from '../read-journal.ts';
import { remoteAppBag, runActionOf } from '../run-dispatch.ts';
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

async function listStreams({
  tools,
  workloadUrl = `http://127.0.0.1:${lokiPort}`,
}: ActionPorts): Promise<void> {
  const { streams } = await readJournal({ url: `${workloadUrl}/journal`, journal, doing: 'list streams' });
  await tools.actionSet({ streams: JSON.stringify(streams) });
}

async function listRules({ tools }: ActionPorts): Promise<void> {
  const rules: Record<string, unknown> = {};
  for (const id of await tools.relationIds('logging')) {
    const bag = await remoteAppBag(id, tools);
    rules[id] = JSON.parse(bag?.['alert_rules'] ?? '{}');
  }
  await tools.actionSet({ rules: JSON.stringify(rules) });
}

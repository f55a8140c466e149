import { join } from 'node:path';
import { z } from 'zod';
import { protocol, publishReceivers, readRequest } from '../../../interfaces/tracing.ts';
import type { Environment, HookTools } from '../../../juju/index.ts';
import type { PebbleClient } from '../../../pebble/index.ts';
import { actOnOptions, inContainer, liveRelations, type Hook, type UnitStatus } from '../run-dispatch.ts';
import { receiverPort } from './workload/server.ts';

/** The calls of Pebble that the charm makes. */
export type TempoPebble = Pick<PebbleClient, 'addLayer' | 'replan'>;

/** What the charm needs of the world. */
export interface TempoPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
  /** Pebble of the container `tempo`. */
  readonly pebble: TempoPebble;
}

const endpoint = 'tracing';
const workload = join(import.meta.dirname, 'workload/tempo.ts');
const options = z.object({ hang: z.boolean() });

/** Has Pebble run the receiver, tells every relation where it is, and sets the unit's status. */
export async function reconcile(event: Hook, ports: TempoPorts): Promise<void> {
  await actOnOptions(ports.tools, options, (set) => apply(event, set, ports));
}

async function apply(
  event: Hook,
  { hang }: z.infer<typeof options>,
  { environment, tools, pebble }: TempoPorts,
): Promise<UnitStatus> {
  const relations = await liveRelations(event, endpoint, tools);
  await tools.openPort(receiverPort);
  if (await tools.isLeader()) await tell(relations, { environment, tools });
  const problem = await inContainer('tempo', async () => {
    await pebble.addLayer('tempo', layer(hang), { combine: true });
    await pebble.replan();
  });
  return problem ?? { status: 'active', message: hang ? 'takes traces and never answers' : '' };
}

/** As the library: all relations are told of every receiver that anybody has asked for. */
async function tell(
  relations: readonly number[],
  { environment: { appName, modelName }, tools }: Pick<TempoPorts, 'environment' | 'tools'>,
): Promise<void> {
  const asked = new Set<string>();
  for (const id of relations) {
    const app = await tools.relationApp(id);
    const bag = app === undefined ? undefined : await tools.relationGet(id, { app });
    const request = readRequest(bag ?? {});
    if (!request.ok) console.error(`relation ${id}: cannot read what is asked for: ${request.reason}`);
    for (const name of request.ok ? request.value : []) asked.add(name);
  }
  const url = `http://${appName}.${modelName}.svc.cluster.local:${receiverPort}`;
  const receivers = asked.has(protocol) ? [{ protocol: { name: protocol, type: 'http' }, url }] : [];
  for (const id of relations)
    await tools.relationSet(id, { scope: 'app', values: publishReceivers(receivers) });
}

function layer(hang: boolean) {
  const command = `${process.execPath} ${workload} ${receiverPort}${hang ? ' hang' : ''}`;
  return {
    services: {
      tempo: { override: 'replace', summary: 'Receiver of traces', command, startup: 'enabled' },
    },
    checks: { ready: { override: 'replace', level: 'ready', period: '2s', tcp: { port: receiverPort } } },
  } as const;
}

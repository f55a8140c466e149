import { join } from 'node:path';
import { z } from 'zod';
import { protocol, publishReceivers, readRequest } from '../../../interfaces/tracing.ts';
import type { Environment, HookTools } from '../../../juju/index.ts';
import type { PebbleClient } from '../../../pebble/index.ts';
import {
  actOnOptions,
  inContainer,
  liveRelations,
  remoteAppBag,
  type Hook,
  type UnitStatus,
} from '../run-dispatch.ts';
import { type Credentials, serviceHost, takeCertificate } from './certificate.ts';
import { receiverPort } from './workload/server.ts';

/** The calls of Pebble that the charm makes. */
export type TempoPebble = Pick<PebbleClient, 'addLayer' | 'replan' | 'writeFiles'>;

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
const files = { key: '/key.pem', certificate: '/certificate.pem' } as const;

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
  const taken = await takeCertificate(event, { environment, tools });
  const credentials = taken === 'waiting' ? undefined : taken;
  await tools.openPort(receiverPort);
  const url = `${credentials === undefined ? 'http' : 'https'}://${serviceHost(environment)}:${receiverPort}`;
  if (await tools.isLeader()) await tell(relations, url, tools);
  const problem = await inContainer('tempo', async () => {
    if (credentials !== undefined) await pebble.writeFiles(asFiles(credentials));
    await pebble.addLayer('tempo', layer(hang, credentials), { combine: true });
    await pebble.replan();
  });
  if (problem !== undefined) return problem;
  if (taken === 'waiting') return { status: 'waiting', message: 'waiting for a certificate' };
  return { status: 'active', message: hang ? 'takes traces and never answers' : '' };
}

/** As the library: all relations are told of every receiver that anybody has asked for. */
async function tell(relations: readonly number[], url: string, tools: HookTools): Promise<void> {
  const asked = new Set<string>();
  for (const id of relations) {
    const bag = await remoteAppBag(id, tools);
    const request = readRequest(bag ?? {});
    if (!request.ok) console.error(`relation ${id}: cannot read what is asked for: ${request.reason}`);
    for (const name of request.ok ? request.value : []) asked.add(name);
  }
  const receivers = asked.has(protocol) ? [{ protocol: { name: protocol, type: 'http' }, url }] : [];
  for (const id of relations)
    await tools.relationSet(id, { scope: 'app', values: publishReceivers(receivers) });
}

function asFiles({ key, certificate }: Credentials) {
  return [
    { path: files.key, content: key, permissions: '600' },
    { path: files.certificate, content: certificate, permissions: '644' },
  ];
}

function layer(hang: boolean, credentials: Credentials | undefined) {
  const how = hang ? ['hang'] : credentials === undefined ? [] : [files.key, files.certificate];
  const command = [process.execPath, workload, receiverPort, ...how].join(' ');
  return {
    services: {
      tempo: {
        override: 'replace',
        summary: 'Receiver of traces',
        command,
        startup: 'enabled',
        // Another certificate restarts it.
        environment: { CERTIFICATE: credentials?.certificate ?? '' },
      },
    },
    checks: { ready: { override: 'replace', level: 'ready', period: '2s', tcp: { port: receiverPort } } },
  } as const;
}

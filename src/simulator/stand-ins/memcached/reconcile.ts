import { z } from 'zod';
import type { Databag, Environment, HookTools } from '../../../juju/index.ts';
import type { Layer, PebbleClient } from '../../../pebble/index.ts';
import { podHost } from '../pod-host.ts';
import {
  blocked,
  actOnOptions,
  inContainer,
  liveRelations,
  type Hook,
  type UnitStatus,
} from '../run-dispatch.ts';
import { findProgram } from './find-program.ts';

/** Port of memcached. */
export const memcachedPort = 11_211;

/** The calls of Pebble that the charm makes. */
export type MemcachedPebble = Pick<PebbleClient, 'addLayer' | 'replan'>;

/** What the charm needs of the world. */
export interface MemcachedPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
  /** Pebble of the container `memcached`. */
  readonly pebble: MemcachedPebble;
  /** Where this machine's memcached is, if it has one; looked for if absent. */
  readonly program?: () => string | undefined;
}

const options = z.object({ host: z.enum(['address', 'name']), size: z.int().min(1).max(4_096) });

/** Has Pebble run memcached, tells every relation where this unit listens, and sets the unit's status. */
export async function reconcile(event: Hook, ports: MemcachedPorts): Promise<void> {
  await actOnOptions(ports.tools, options, (set) => apply(event, set, ports));
}

async function apply(
  event: Hook,
  { host, size }: z.infer<typeof options>,
  { tools, pebble, environment, program = () => findProgram('memcached') }: MemcachedPorts,
): Promise<UnitStatus> {
  const path = program();
  if (path === undefined) return blocked('this machine has no memcached: install its package, then refresh');
  const told = host === 'name' ? podHost(environment) : await tools.unitAddress('private');
  if (told === undefined) return { status: 'waiting', message: 'waiting for the address of the pod' };
  await tools.openPort(memcachedPort);
  const problem = await inContainer('memcached', async () => {
    await pebble.addLayer('memcached', layer(path, size), { combine: true });
    await pebble.replan();
  });
  if (problem !== undefined) return problem;
  for (const id of await liveRelations(event, 'cache', tools))
    await tools.relationSet(id, { scope: 'unit', values: publish(told) });
  return { status: 'active', message: '' };
}

/** The keys of the classic charm; it has no UDP port. */
function publish(host: string): Databag {
  return { host, port: String(memcachedPort), 'udp-port': '0' };
}

function layer(program: string, size: number): Layer {
  const command = `${program} -u root -l 0.0.0.0 -p ${memcachedPort} -U 0 -m ${size}`;
  return {
    services: { memcached: { override: 'replace', summary: 'Cache', command, startup: 'enabled' } },
    checks: {
      ready: { override: 'replace', level: 'ready', period: '2s', tcp: { port: memcachedPort } },
    },
  };
}

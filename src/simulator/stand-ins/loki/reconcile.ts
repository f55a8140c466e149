import { join } from 'node:path';
import { z } from 'zod';
import type { Environment, HookTools } from '../../../juju/index.ts';
import type { PebbleClient } from '../../../pebble/index.ts';
import { podHost } from '../pod-host.ts';
import { actOnOptions, inContainer, liveRelations, type Hook, type UnitStatus } from '../run-dispatch.ts';
import { lokiPort, pushPath } from './address.ts';

/** What the charm needs of the world. */
export interface LokiPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
  /** Pebble of the container `loki`. */
  readonly pebble: Pick<PebbleClient, 'addLayer' | 'replan'>;
}

const workload = join(import.meta.dirname, 'workload/loki.ts');
const options = z.object({
  'path-prefix': z.string().regex(/^(\/[\w-]+)*$/, 'is no path, such as /cos-loki'),
});

/** Has Pebble run the workload, tells every relation where this unit takes logs, and sets the unit's status. */
export async function reconcile(event: Hook, ports: LokiPorts): Promise<void> {
  await actOnOptions(ports.tools, options, (set) => apply(event, set, ports));
}

/** The library writes the URL when something changes in the relation, and when Loki itself moves. */
async function apply(
  event: Hook,
  { 'path-prefix': prefix }: z.infer<typeof options>,
  { tools, pebble, environment }: LokiPorts,
): Promise<UnitStatus> {
  const url = `http://${podHost(environment)}:${lokiPort}${prefix}${pushPath}`;
  for (const id of await liveRelations(event, 'logging', tools))
    await tools.relationSet(id, { scope: 'unit', values: { endpoint: JSON.stringify({ url }) } });
  await tools.openPort(lokiPort);
  const problem = await inContainer('loki', async () => {
    await pebble.addLayer('loki', layer(), { combine: true });
    await pebble.replan();
  });
  return problem ?? { status: 'active', message: '' };
}

function layer() {
  const command = `${process.execPath} ${workload} ${lokiPort}`;
  const url = `http://127.0.0.1:${lokiPort}/ready`;
  return {
    services: { loki: { override: 'replace', summary: 'Receiver of logs', command, startup: 'enabled' } },
    checks: { ready: { override: 'replace', level: 'ready', period: '2s', http: { url } } },
  } as const;
}

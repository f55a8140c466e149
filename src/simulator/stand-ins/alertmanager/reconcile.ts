import { join } from 'node:path';
import { z } from 'zod';
import type { Environment, HookTools } from '../../../juju/index.ts';
import type { PebbleClient } from '../../../pebble/index.ts';
import { podHost } from '../pod-host.ts';
import { actOnOptions, inContainer, liveRelations, type Hook, type UnitStatus } from '../run-dispatch.ts';
import { alertmanagerPort, generation, publishAddress } from './address.ts';

/** The calls of Pebble that the charm makes. */
export type AlertmanagerPebble = Pick<PebbleClient, 'addLayer' | 'replan'>;

/** What the charm needs of the world. */
export interface AlertmanagerPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
  /** Pebble of the container `alertmanager`. */
  readonly pebble: AlertmanagerPebble;
}

const workload = join(import.meta.dirname, 'workload/alertmanager.ts');
const options = z.object({ generation });

/** Has Pebble run the workload, tells every relation where this unit answers, and sets the unit's status. */
export async function reconcile(event: Hook, ports: AlertmanagerPorts): Promise<void> {
  await actOnOptions(ports.tools, options, (set) => apply(event, set, ports));
}

async function apply(
  event: Hook,
  config: z.infer<typeof options>,
  { tools, pebble, environment }: AlertmanagerPorts,
): Promise<UnitStatus> {
  const values = publishAddress(podHost(environment), config.generation);
  for (const id of await liveRelations(event, 'alerting', tools))
    await tools.relationSet(id, { scope: 'unit', values });
  await tools.openPort(alertmanagerPort);
  const problem = await inContainer('alertmanager', async () => {
    await pebble.addLayer('alertmanager', layer(), { combine: true });
    await pebble.replan();
  });
  return problem ?? { status: 'active', message: '' };
}

function layer() {
  const command = `${process.execPath} ${workload} ${alertmanagerPort}`;
  const url = `http://127.0.0.1:${alertmanagerPort}/-/ready`;
  return {
    services: {
      alertmanager: { override: 'replace', summary: 'Receiver of alerts', command, startup: 'enabled' },
    },
    checks: { ready: { override: 'replace', level: 'ready', period: '2s', http: { url } } },
  } as const;
}

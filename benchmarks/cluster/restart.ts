import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SimulatorClient } from '../../src/simulator/client.ts';
import { requireActive } from '../idle-model.ts';
import { probe } from './away.ts';
import { serviceUrl, unitsOf, urlsOf, type Deployment } from './deployment.ts';
import { endLoad, runLoad } from './load.ts';
import { mimirPid, mimirPids } from './processes.ts';

const watched = z.object({
  units: z.array(z.object({ ready: z.array(probe), query: z.array(probe) })),
  service: z.array(probe),
  written: z.int(),
  repeated: z.int(),
});

/** What was seen while all units restarted: of each unit on its own, and of the Service. */
export type WatchedRestart = Readonly<z.infer<typeof watched>>;

/** How long to watch before and after, in ms. */
const margin = 3000;
/** How long all units together may take, in ms. */
const restartLimit = 240_000;

/** Changes an option that needs a restart, and watches under a steady load until all units have restarted. */
export async function watchRestart(client: SimulatorClient, deployment: Deployment): Promise<WatchedRestart> {
  const { application } = deployment;
  const before = await mimirPids(client, unitsOf(deployment));
  const watching = runLoad(client, ['watch', '-service', serviceUrl(deployment), ...urlsOf(deployment)]);
  const restarted = restartAll();
  await Promise.race([watching.then(tooEarly), restarted]);
  await endLoad(client);
  return watched.parse(await watching);

  async function restartAll(): Promise<void> {
    await sleep(margin);
    await client.request({ command: 'config', application, set: { log_level: 'warn' } });
    await untilOthersRun(client, unitsOf(deployment), before);
    await client.request({ command: 'wait-idle', timeoutMs: 60_000 });
    await requireActive(client, application);
    await sleep(margin);
  }
}

function tooEarly(): never {
  throw new Error('cannot measure the restart: the load ended before it was told to');
}

/** Waits until in each unit another process of Mimir runs than before. */
async function untilOthersRun(
  client: SimulatorClient,
  units: readonly string[],
  before: readonly number[],
): Promise<void> {
  const end = Date.now() + restartLimit;
  for (;;) {
    const now = await Promise.all(units.map((unit) => mimirPid(client, unit)));
    if (now.every((pid, index) => pid !== undefined && pid !== before[index])) return;
    if (Date.now() > end)
      throw new Error(`cannot measure the restart: not all units restarted in ${restartLimit / 1000} s`);
    await sleep(500);
  }
}

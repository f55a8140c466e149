import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAcknowledged, readCounts, senderPort } from '../support/load/acknowledged.ts';
import { compareStored } from '../support/load/compare.ts';
import { query, runAction, statusOf } from '../support/mimir-story.ts';
import { eventually, mimirPorts, startSimulation, type Simulation } from '../support/simulation.ts';

const mimir = 'mimir-k8s/0';
const [zero, one] = ['sender/0', 'sender/1'];
const replicas = [zero, one];

let simulation: Simulation;
beforeAll(async () => {
  simulation = await startSimulation({ reach: [...mimirPorts(1), ...replicas.map(senderPort)] });
  await simulation.deployMimir({ config: { ha_tracker: 'true' } });
  const config = {
    ...{ series: '5', interval_ms: '500', shared_series: 'true' },
    external_labels: '{cluster: demo, __replica__: "${JUJU_UNIT_NAME}"}',
  };
  const deploy = {
    command: 'deploy',
    charm: 'remote-write-sender',
    application: 'sender',
    units: 2,
  } as const;
  await simulation.ask({ ...deploy, config });
  await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'sender'] });
  for (const unit of [mimir, ...replicas]) await statusOf(simulation, unit, /^active/);
});
afterAll(() => simulation.close());

const journal = (unit: string) => simulation.direct(unit, senderPort(unit).port);
const counts = (unit: string) => readCounts(journal(unit));

/** Waits until a sender's every sample is answered, and returns what it has counted. */
function answered(unit: string) {
  return eventually(`the answers to ${unit}`, async () => {
    const found = await counts(unit);
    return found.pending === 0 ? found : undefined;
  });
}

/** Compares what Mimir keeps with what it said to all replicas that it keeps. */
async function compare() {
  const lists = await Promise.all(replicas.map(async (unit) => readAcknowledged(journal(unit))));
  const groups = lists.flatMap((list) => Object.values(list).flat());
  return compareStored(simulation.direct(mimir), groups, ['__replica__']);
}

test('of two replicas one is elected: each sample is stored once, and when it stops the other is within 45 s', async () => {
  const elected = await eventually('an elected replica', async () => {
    const all = await Promise.all(replicas.map(async (unit) => ({ unit, ...(await counts(unit)) })));
    const doubles = all.every(({ acknowledged, deduplicated }) => acknowledged + deduplicated > 50);
    return doubles ? all.find(({ acknowledged }) => acknowledged > 50)?.unit : undefined;
  });
  const other = elected === zero ? one : zero;
  expect((await counts(other)).acknowledged).toBe(0);

  await runAction(simulation, elected, { action: 'pause' });
  const stopped = Date.now();
  expect(await answered(elected)).toMatchObject({ deduplicated: 0, dropped: 0 });
  await eventually('the other replica', async () =>
    (await counts(other)).acknowledged > 0 ? true : undefined,
  );
  const seconds = (Date.now() - stopped) / 1000;
  console.log(`the other replica was elected after ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(45);

  // The first one is back, and is the one whose samples are not kept now.
  await runAction(simulation, elected, { action: 'resume' });
  await sleep(3000);
  await Promise.all(replicas.map((unit) => runAction(simulation, unit, { action: 'pause' })));
  expect((await answered(elected)).deduplicated).toBeGreaterThan(10);
  expect((await answered(other)).acknowledged).toBeGreaterThan(10);
  expect(await compare()).toEqual({ lost: [], surplus: [] });
  expect(await query(simulation, 'count({__replica__!=""})')).toEqual([]);
});

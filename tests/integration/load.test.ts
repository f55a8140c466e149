import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAcknowledged, readCounts, senderPort } from '../support/load/acknowledged.ts';
import { compareStored } from '../support/load/compare.ts';
import { emptyDisk, fillDisk } from '../support/load/disk.ts';
import { startProber } from '../support/load/prober.ts';
import { countPushes } from '../support/load/requests.ts';
import { runAction, statusOf } from '../support/mimir-story.ts';
import { eventually, mimirPorts, startSimulation, type Simulation } from '../support/simulation.ts';

const [mimir, sender] = ['mimir-k8s/0', 'sender/0'];
let simulation: Simulation;

beforeAll(async () => {
  simulation = await startSimulation({ reach: [...mimirPorts(1), senderPort(sender)] });
  await simulation.deployMimir({ storage: '1G' });
  const config = { series: '20', interval_ms: '100' };
  await simulation.ask({ command: 'deploy', charm: 'remote-write-sender', application: 'sender', config });
  await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s:receive-remote-write', 'sender'] });
  await statusOf(simulation, mimir, /^active/);
  await statusOf(simulation, sender, /^active/);
});
afterAll(() => simulation.close());

test('every acknowledged sample of a load is there, in time, and was sent in one request', async () => {
  const [ask, journal] = [simulation.direct(mimir), simulation.direct(sender, senderPort(sender).port)];
  await eventually('the first samples', async () => {
    const { acknowledged } = await readCounts(journal);
    return acknowledged > 0 ? true : undefined;
  });
  // Before the Service led to Mimir for the first time, nothing could be sent to it.
  await runAction(simulation, sender, { action: 'pause' });
  await eventually('nothing that waits', async () =>
    (await readCounts(journal)).pending === 0 ? true : undefined,
  );
  const [before, pushesBefore] = [await readCounts(journal), await countPushes([ask])];
  await runAction(simulation, sender, { action: 'resume' });
  const prober = startProber({
    units: { [mimir]: ask },
    query: 'sum(count_over_time(juju_sim_counter_total{juju_unit="sender/0"}[1h]))',
    acknowledged: async () => (await readCounts(journal)).acknowledged,
  });
  await sleep(4000);
  await runAction(simulation, sender, { action: 'pause' });
  await runAction(simulation, sender, { action: 'send', parameters: { value: 42.5 } });
  const { queries, failures, short } = await prober.stop();
  expect([failures, short]).toEqual([[], []]);
  expect(queries[mimir]).toBeGreaterThan(10);

  const counts = await readCounts(journal);
  expect(counts).toMatchObject({ pending: 0, dropped: 0, retries: before.retries });
  expect(counts.acknowledged - before.acknowledged).toBeGreaterThan(500);
  const [groups = []] = Object.values(await readAcknowledged(journal));
  expect(await compareStored(ask, groups)).toEqual({ lost: [], surplus: [] });
  expect((await countPushes([ask])) - pushesBefore).toBe(counts.requests - before.requests);

  // The comparison would have seen a sample that is not there.
  const extra = { metric: 'juju_sim_value', timestamp: Date.now(), value: 43 };
  const { lost } = await compareStored(
    ask,
    groups.map(({ labels, runs }) => ({ labels, runs: [...runs, extra] })),
  );
  expect(lost).toHaveLength(1);
});

test('a full disk takes no samples, and those that wait arrive when there is space again', async () => {
  const [ask, journal] = [simulation.direct(mimir), simulation.direct(sender, senderPort(sender).port)];
  await fillDisk(simulation, mimir);
  await runAction(simulation, sender, { action: 'resume' });
  await eventually('a refused sample', async () => {
    const { urls } = await readCounts(journal);
    return Object.values(urls).find(({ lastError }) => lastError !== undefined);
  });
  await runAction(simulation, sender, { action: 'pause' });
  await emptyDisk(simulation, mimir);
  await eventually('the last sample', async () => {
    const { pending } = await readCounts(journal);
    return pending === 0 ? true : undefined;
  });
  expect(await readCounts(journal)).toMatchObject({ dropped: 0 });
  const [groups = []] = Object.values(await readAcknowledged(journal));
  expect((await compareStored(ask, groups)).lost).toEqual([]);
});

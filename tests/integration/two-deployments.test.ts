import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readAcknowledged, readCounts, senderPort } from '../support/load/acknowledged.ts';
import { compareStored } from '../support/load/compare.ts';
import { push } from '../support/load/push.ts';
import { countPushes } from '../support/load/requests.ts';
import { alertFile, runAction, statusOf } from '../support/mimir-story.ts';
import { storeObstacle, storeReason } from '../support/object-store.ts';
import { eventually, mimirPorts, startSimulation, type Simulation } from '../support/simulation.ts';

const store = 's3-integrator';
const senders = ['agent', 'prometheus', 'collector'];
const deployments = [
  { application: 'mimir-one', units: ['mimir-one/0'] },
  { application: 'mimir-k8s', units: ['mimir-k8s/0', 'mimir-k8s/1', 'mimir-k8s/2'] },
] as const;
const allUnits = deployments.flatMap(({ units }) => units);

let simulation: Simulation;

/** Two Mimirs with one object store, and three senders to both, which read one target and send nothing yet. */
async function begin(): Promise<void> {
  const ports = deployments.flatMap(({ application, units }) => mimirPorts(units.length, application));
  simulation = await startSimulation({
    reach: [...ports, ...senders.map((sender) => senderPort(`${sender}/0`))],
  });
  await simulation.ask({ command: 'deploy', charm: store, application: store });
  for (const application of senders) {
    const config = {
      series: '0',
      interval_ms: '500',
      target: 'website',
      rules: alertFile('ours', application),
    };
    await simulation.ask({ command: 'deploy', charm: 'remote-write-sender', application, config });
  }
  for (const { application, units } of deployments) {
    await simulation.deployMimir({ application, units: units.length });
    for (const endpoint of [`${store}:s3-credentials`, ...senders])
      await simulation.ask({ command: 'integrate', endpoints: [application, endpoint] });
  }
  const [one, three] = ['mimir-one', 'mimir-k8s'].map((name) => `http://${name}\\.demo\\.\\S+`);
  for (const unit of allUnits) await statusOf(simulation, unit, /^active$/);
  for (const sender of senders)
    await statusOf(simulation, `${sender}/0`, new RegExp(`^active: sends to ${three}, ${one}$`));
  await simulation.settle();
}

const journal = (sender: string) => simulation.direct(`${sender}/0`, senderPort(`${sender}/0`).port);

/** Has all senders send for a while and stop, and waits until every sample is acknowledged. */
async function sendSome(): Promise<void> {
  for (const application of senders)
    await simulation.ask({ command: 'config', application, set: { series: '10' } });
  const counted = (what: string, enough: (counts: Awaited<ReturnType<typeof readCounts>>) => boolean) =>
    eventually(what, async () => {
      const all = await Promise.all(senders.map((sender) => readCounts(journal(sender))));
      return all.every(enough) ? true : undefined;
    });
  await counted('a hundred samples of each sender at each URL', ({ acknowledged }) => acknowledged > 200);
  for (const sender of senders) await runAction(simulation, `${sender}/0`, { action: 'pause' });
  await counted('the last answers', ({ pending }) => pending === 0);
}

/** What a unit answers to a path, as JSON where it has a page for people too. */
async function read(unit: string, path: string): Promise<string> {
  const { status, text } = await simulation.direct(unit)(path, { headers: { Accept: 'application/json' } });
  if (status !== 200) throw new Error(`cannot read ${path} of ${unit}: ${status} ${text.slice(0, 500)}`);
  return text;
}

const vector = z.object({ data: z.object({ result: z.array(z.object({ metric: z.looseObject({}) })) }) });
const ring = z.object({ shards: z.array(z.object({ id: z.string() })) });
const gossip = z.object({ SortedMembers: z.array(z.object({ Name: z.string() })) });

/** Labels of the series that a unit answers with. */
async function seriesOf(unit: string, promql: string): Promise<readonly object[]> {
  const answer = await read(unit, `/prometheus/api/v1/query?query=${encodeURIComponent(promql)}`);
  return vector.parse(JSON.parse(answer)).data.result.map(({ metric }) => metric);
}

/** Every pod that a unit takes for one of its own cluster; the names in gossip end in a number of the process. */
async function knownTo(unit: string): Promise<ReadonlySet<string>> {
  const rings = await Promise.all(
    ['/ingester/ring', '/store-gateway/ring', '/distributor/ring'].map(async (path) =>
      ring.parse(JSON.parse(await read(unit, path))).shards.map(({ id }) => id),
    ),
  );
  const { SortedMembers: members } = gossip.parse(JSON.parse(await read(unit, '/memberlist')));
  return new Set([...rings.flat(), ...members.map(({ Name: name }) => name.replace(/-[0-9a-f]+$/, ''))]);
}

/** Puts a sample and a rule into one deployment, as a user does. */
async function putByHand({ application, units: [unit] }: (typeof deployments)[number]): Promise<void> {
  const samples = [{ value: 1, timestamp: Date.now() }];
  await push(simulation.direct(unit), [{ labels: { __name__: 'by_hand', application }, samples }]);
  const body = `name: ${application}-by-hand\nrules:\n- record: by_rule\n  expr: vector(1)\n`;
  const path = '/prometheus/config/v1/rules/anonymous';
  expect((await simulation.direct(unit)(path, { method: 'POST', body })).status).toBe(202);
}

/** Has a deployment ship what it holds, and returns the names of its blocks in its bucket. */
async function shippedBlocks({ application, units }: (typeof deployments)[number]) {
  for (const unit of units) {
    const flush = await simulation.direct(unit)('/ingester/flush?wait=true', { method: 'POST' });
    expect(flush.status).toBe(204);
  }
  const parameters = { bucket: `demo-${application}`, prefix: 'blocks/' };
  const { names } = await runAction(simulation, `${store}/0`, { action: 'list-objects', parameters });
  return new Set(String(names).match(/[0-9A-Z]{26}(?=\/meta\.json)/g));
}

describe.skipIf(storeObstacle !== undefined)(
  `two deployments, of one unit and of three${storeReason}`,
  () => {
    beforeAll(begin);
    afterAll(() => simulation.close());

    test('to which three senders of one target send have every sample, by one request of each sender, and answer the same', async () => {
      await sendSome();
      const [three = '', one = ''] = Object.keys((await readCounts(journal('agent'))).urls).sort();
      const lists = await Promise.all(senders.map((sender) => readAcknowledged(journal(sender))));
      expect(lists.map((list) => list[one])).toEqual(lists.map((list) => list[three]));
      const groups = lists.flatMap((list) => list[one] ?? []);
      for (const unit of allUnits) {
        const differences = await compareStored(simulation.direct(unit), groups);
        expect({ unit, ...differences }).toEqual({ unit, lost: [], surplus: [] });
      }

      const counts = await Promise.all(senders.map((sender) => readCounts(journal(sender))));
      const sent = (url: string) => counts.map(({ urls }) => urls[url]?.requests ?? 0);
      expect(sent(three)).toEqual(sent(one));
      const requests = sent(one).reduce((sum, each) => sum + each, 0);
      for (const { units } of deployments)
        expect(await countPushes(units.map((unit) => simulation.direct(unit)))).toBe(requests);
    });

    test('know nothing of each other: samples, rules, units, blocks', async () => {
      for (const deployment of deployments) await putByHand(deployment);
      for (const { application, units } of deployments) {
        const pods = units.map((unit) => unit.replace('/', '-'));
        for (const unit of units) {
          expect(await seriesOf(unit, 'by_hand')).toEqual([{ __name__: 'by_hand', application }]);
          const rules = await read(unit, '/prometheus/config/v1/rules');
          expect(rules.match(/\S+-by-hand/g)).toEqual([`${application}-by-hand`]);
          for (const sender of senders) expect(rules).toContain(`alert: ${sender}`);
          expect(await knownTo(unit)).toEqual(new Set(pods));
        }
      }
      const [one, three] = [await shippedBlocks(deployments[0]), await shippedBlocks(deployments[1])];
      expect(Math.min(one.size, three.size)).toBeGreaterThan(0);
      expect([...one].filter((block) => three.has(block))).toEqual([]);
    });
  },
);

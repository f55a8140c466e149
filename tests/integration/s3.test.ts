import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOnDisk, removeBlock } from '../support/load/disk.ts';
import { push } from '../support/load/push.ts';
import { answerOf, query, runAction, statusOf, unitStatus } from '../support/mimir-story.ts';
import { storeObstacle, storeReason } from '../support/object-store.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';
const store = 's3-integrator';
const silencesPath = '/alertmanager/api/v2/silences';

/**
 * A simulation with an object store, Mimir and a sender, which are related by now but for the store, unless that is
 * `related` too. The sender makes so many `series`, and sends what it is told to.
 */
async function begin(
  config: Readonly<Record<string, string>>,
  related: boolean,
  series = 10,
): Promise<Simulation> {
  const simulation = await startSimulation();
  await simulation.ask({ command: 'deploy', charm: store, application: store, config });
  const sender = {
    charm: 'remote-write-sender',
    application: 'sender',
    config: { series: series.toString() },
  };
  await simulation.ask({ command: 'deploy', ...sender });
  await simulation.deployMimir();
  await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'sender'] });
  if (related) await relate(simulation);
  await simulation.settle();
  return simulation;
}

function relate(simulation: Simulation): Promise<unknown> {
  return simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s:s3', store] });
}

async function configure(simulation: Simulation, set: Record<string, string>, reset: string[] = []) {
  await simulation.ask({ command: 'config', application: store, set, reset });
  await simulation.settle();
}

/** Sends a sample and waits until Mimir answers with it. */
async function send(simulation: Simulation, value: number): Promise<void> {
  await runAction(simulation, 'sender/0', { action: 'send', parameters: { value } });
  await eventually(`the sample ${value}`, async () =>
    (await query(simulation, 'juju_sim_value')).includes(String(value)) ? true : undefined,
  );
}

async function flush(simulation: Simulation): Promise<void> {
  const flushed = await simulation.http('/ingester/flush?wait=true', { method: 'POST' });
  expect(flushed.status).toBe(204);
}

/** Counts and names the objects of blocks that are in the store, or in one of its buckets. */
async function blockObjects(simulation: Simulation, bucket?: string): Promise<Record<string, unknown>> {
  const parameters = { prefix: 'blocks/', ...(bucket === undefined ? {} : { bucket }) };
  return runAction(simulation, `${store}/0`, { action: 'list-objects', parameters });
}

/** Has Mimir ship what it holds, and returns how many objects of blocks are in the store, or in one of its buckets. */
async function shipped(simulation: Simulation, bucket?: string): Promise<number> {
  await flush(simulation);
  return Number((await blockObjects(simulation, bucket))['objects']);
}

/** Posts a rule, a silence and an Alertmanager configuration, as a user does. */
async function postUserState({ http }: Simulation): Promise<void> {
  const silence = {
    ...{ comment: 'mine', createdBy: 'me', startsAt: new Date().toISOString() },
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    matchers: [{ name: 'alertname', value: 'Mine', isRegex: false, isEqual: true }],
  };
  const bodies: Readonly<Record<string, string>> = {
    '/prometheus/config/v1/rules/anonymous': 'name: mine\nrules:\n- record: mine\n  expr: vector(1)\n',
    [silencesPath]: JSON.stringify(silence),
    '/api/v1/alerts': 'alertmanager_config: |\n  route: {receiver: mine}\n  receivers: [{name: mine}]\n',
  };
  for (const [path, body] of Object.entries(bodies)) {
    const headers = { 'Content-Type': path === silencesPath ? 'application/json' : 'application/yaml' };
    const { status, text } = await http(path, { method: 'POST', headers, body });
    expect([200, 201, 202], `${path}: ${status} ${text}`).toContain(status);
  }
}

describe.skipIf(storeObstacle !== undefined)(`a bucket${storeReason}`, () => {
  let simulation: Simulation;
  beforeAll(async () => {
    simulation = await begin({}, true);
  });
  afterAll(async () => {
    await simulation.close();
  });

  test('that is related from the beginning keeps the blocks', async () => {
    await statusOf(simulation, unit, /^active$/);
    await send(simulation, 1001);
    expect(await shipped(simulation)).toBeGreaterThan(0);
    const { config } = await runAction(simulation, unit, { action: 'get-config' });
    expect(config).toMatch(/backend: s3/);
  });

  test('whose keys are rotated is written with the new ones', async () => {
    const before = await shipped(simulation);
    await runAction(simulation, `${store}/0`, { action: 'rotate-credentials' });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    await send(simulation, 1002);
    expect(await shipped(simulation)).toBeGreaterThan(before);
  });

  test('that is told at a wrong place is Blocked with the reason, and Mimir goes on with the right one', async () => {
    await configure(simulation, { endpoint: 'http://127.0.0.1:9' });
    expect(await unitStatus(simulation, unit)).toMatch(
      /^blocked: \[s3\] Mimir goes on without the new bucket, since the object store .*relate it again/,
    );
    expect(await query(simulation, 'juju_sim_value')).toEqual(['1002']);
    await configure(simulation, {}, ['endpoint']);
    await statusOf(simulation, unit, /^active$/);
  });

  test('whose relation is removed stays in force, with words, until it is related again', async () => {
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', store] });
    await simulation.settle();
    expect(await unitStatus(simulation, unit)).toMatch(/^blocked: \[s3\] The samples are in a bucket/);
    await send(simulation, 1003);
    await relate(simulation);
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    expect(await query(simulation, 'juju_sim_value')).toEqual(['1003']);
  });
});

test.skipIf(storeObstacle !== undefined)(
  'a bucket that nobody has made is named in the words of the store, and used once it is there',
  async () => {
    const simulation = await begin({ 'make-buckets': 'false' }, true);
    try {
      // Whether Mimir had run on its disk by then depends on how soon the relation was there.
      await statusOf(simulation, unit, /^blocked: \[s3\] .*bucket does not exist/);
      await runAction(simulation, `${store}/0`, { action: 'make-bucket' });
      await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', store] });
      await simulation.settle();
      await relate(simulation);
      await simulation.settle();
      await statusOf(simulation, unit, /^active$/);
      await send(simulation, 3001);
      expect(await shipped(simulation)).toBeGreaterThan(0);
    } finally {
      await simulation.close();
    }
  },
);

test.skipIf(storeObstacle !== undefined)(
  'a unit that has run on its own disk moves into the bucket with all that it has',
  async () => {
    const simulation = await begin({}, false, 0);
    try {
      await answerOf(simulation, '/ready');
      // Mimir takes a sample that is so old only while it has no newer one.
      for (const [name, hours] of [
        ['older', 30],
        ['old', 3],
      ] as const) {
        const sample = { value: 2000, timestamp: Date.now() - hours * 3_600_000 };
        await push(simulation.http, [{ labels: { __name__: name }, samples: [sample] }]);
        await flush(simulation);
      }
      await send(simulation, 2001);
      await flush(simulation);
      await send(simulation, 2002);
      await postUserState(simulation);
      // Mimir removes a block from its disk when it shipped it so long ago as the retention period is.
      const [older = '', ...blocks] = (await blocksOnDisk(simulation, unit)).toSorted();
      expect(blocks).toHaveLength(2);
      await removeBlock(simulation, unit, older);
      const dayAgo = Math.floor(Date.now() / 1000) - 24 * 3600;
      await eventually(
        'the oldest block in the store',
        async () => {
          const { text } = await simulation.http(`/prometheus/api/v1/labels?start=0&end=${dayAgo}`);
          return text.includes('__name__') ? true : undefined;
        },
        120,
      );

      await relate(simulation);
      await simulation.settle();
      await statusOf(simulation, unit, /^active: \[s3\] Samples of before \S+ are on this unit's disk only/);
      expect((await answerOf(simulation, '/prometheus/config/v1/rules')).text).toContain('record: mine');
      expect((await answerOf(simulation, '/api/v1/alerts')).text).toContain('receiver: mine');
      const held: unknown = JSON.parse((await answerOf(simulation, silencesPath)).text);
      expect(held).toMatchObject([{ comment: 'mine', status: { state: 'active' } }]);
      expect(await query(simulation, 'count_over_time(juju_sim_value[1h])')).toEqual(['2']);
      expect(await query(simulation, 'last_over_time(old[4h])')).toEqual(['2000']);
      expect(await query(simulation, 'last_over_time(older[31h])')).toEqual([]);
      expect(await shipped(simulation)).toBeGreaterThan(0);
      const { names } = await blockObjects(simulation);
      for (const block of blocks) expect(names).toContain(`${block}/meta.json`);
      expect(await runAction(simulation, unit, { action: 'remove-old-samples' })).toMatchObject({
        removed: '/data/store',
      });
      await simulation.ask({ command: 'fire', unit, hook: 'update-status' });
      await statusOf(simulation, unit, /^active$/);
    } finally {
      await simulation.close();
    }
  },
);

test.skipIf(storeObstacle !== undefined)(
  'a bucket of the option s3, with keys in a secret, is used once it is granted, and with new keys when they change',
  async () => {
    const simulation = await begin({ 'access-key': 'minioadmin', 'secret-key': 'not-so-secret' }, false);
    try {
      await runAction(simulation, `${store}/0`, { action: 'make-bucket', parameters: { bucket: 'metrics' } });
      await send(simulation, 4001);
      const content = { 'access-key': 'minioadmin', 'secret-key': 'not-so-secret' };
      const added = { command: 'add-secret', name: 'bucket-keys', content } as const;
      const uri = String(await simulation.ask(added));
      const s3 = `endpoint: http://${store}.demo.svc.cluster.local:9000\nbucket_name: metrics\n`;
      const set = { s3, s3_credentials: uri };
      await simulation.ask({ command: 'config', application: 'mimir-k8s', set });
      await simulation.settle();
      expect(await unitStatus(simulation, unit)).toContain(`juju grant-secret ${uri} mimir-k8s.`);
      expect(await query(simulation, 'juju_sim_value')).toEqual(['4001']);

      await simulation.ask({ command: 'grant-secret', secret: uri, applications: ['mimir-k8s'] });
      await simulation.ask({ command: 'fire', unit, hook: 'update-status' });
      await simulation.settle();
      await statusOf(simulation, unit, /^active$/);
      expect(await query(simulation, 'juju_sim_value')).toEqual(['4001']);
      const flushed = await shipped(simulation, 'metrics');
      expect(flushed).toBeGreaterThan(0);

      await configure(simulation, { 'secret-key': 'much-more-secret' });
      const renewed = { ...content, 'secret-key': 'much-more-secret' };
      await simulation.ask({ command: 'update-secret', secret: uri, content: renewed });
      await simulation.settle();
      await statusOf(simulation, unit, /^active$/);
      await send(simulation, 4002);
      expect(await shipped(simulation, 'metrics')).toBeGreaterThan(flushed);
    } finally {
      await simulation.close();
    }
  },
);

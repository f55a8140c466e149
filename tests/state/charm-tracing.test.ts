import { describe, expect, test } from 'vitest';
import type { Databag } from '../../src/juju/index.ts';
import { publishVersion1 } from '../../src/interfaces/certificate-transfer.ts';
import { alertRules } from '../support/builders.ts';
import { aFakeRelation } from '../support/fake-juju.ts';
import { actOn, aFakeWorld, aSettledWorld, forget, runHook, type FakeWorld } from '../support/fake-ports.ts';
import { databagFixture } from '../unit/interfaces/databag-fixture.ts';
import { captured as certificates } from '../unit/x509/captured-certificates.ts';

const captured = databagFixture('tracing').provider_app;
const answer = (url: string): Databag => ({
  receivers: JSON.stringify([{ protocol: { name: 'otlp_http', type: 'http' }, url }]),
});
const updateStatus = { kind: 'update-status' } as const;
const about = { endpoint: 'charm-tracing', relationId: 140, remoteApp: 'tempo', remoteUnit: undefined };

function relate({ juju }: FakeWorld, bag: Databag = captured): void {
  juju.relations.set(140, aFakeRelation('charm-tracing', 'tempo', { tempo: bag }));
}

async function aTracedWorld(bag?: Databag): Promise<FakeWorld> {
  const world = await aSettledWorld();
  relate(world, bag);
  return world;
}

const namesIn = (world: FakeWorld) => world.traces.map(({ children }) => children.map(({ name }) => name));

describe('an application that takes traces of the charm', () => {
  test('is asked for the protocol by the leader, and gets the trace of that very dispatch', async () => {
    const world = await aTracedWorld();
    await runHook(world, { kind: 'relation-changed', ...about });
    expect(world.juju.relations.get(140)?.bags.get('mimir-k8s')).toEqual({ receivers: '["otlp_http"]' });
    expect(world.traces).toHaveLength(1);
    expect(world.traces[0]).toMatchObject({
      receiver: { url: 'http://tempo.cos.svc.cluster.local:4318/v1/traces', authorities: '' },
      resource: {
        'service.name': 'mimir-k8s-charm',
        'service.instance.id': 'mimir-k8s/0',
        'service.version': '1.2.3',
        juju_application: 'mimir-k8s',
        juju_charm: 'mimir-k8s',
        juju_model: 'cos',
        juju_model_uuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
        juju_unit: 'mimir-k8s/0',
      },
      root: {
        name: 'relation-changed',
        attributes: {
          'juju.event.endpoint': 'charm-tracing',
          'juju.event.relationId': 140,
          'juju.event.remoteApp': 'tempo',
        },
        failure: undefined,
      },
    });
    expect(namesIn(world)).toEqual([['observe', 'observe', 'reconcile', 'replan', 'relation-set']]);
  });

  test('sees every step of a dispatch in its order and within the whole of it', async () => {
    const world = aFakeWorld();
    relate(world);
    await runHook(world, { kind: 'pebble-ready', container: 'mimir' });
    const [trace] = world.traces;
    const names = trace?.children.map(({ name }) => name) ?? [];
    expect(names.filter((name) => name === 'reconcile').length).toBeGreaterThan(1);
    for (const name of ['validate-config', 'push-files', 'add-layer', 'replan', 'await-mimir', 'set-status'])
      expect(names).toContain(name);
    const { start = NaN, end = NaN } = trace?.root ?? {};
    expect(start).toBe(Date.parse('2026-11-25T12:00:00Z'));
    const times = [start, ...(trace?.children.flatMap((span) => [span.start, span.end]) ?? []), end];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(end).toBeGreaterThan(start);
  });

  test('makes a dispatch do nothing else than without it', async () => {
    const without = aFakeWorld();
    await runHook(without, { kind: 'pebble-ready', container: 'mimir' });
    const world = aFakeWorld();
    relate(world);
    await runHook(world, { kind: 'pebble-ready', container: 'mimir' });
    const others = (writes: readonly string[]) => writes.filter((write) => !write.includes(' 140 '));
    expect(others(world.juju.writes)).toEqual(without.juju.writes);
    expect(world.container.calls).toEqual(without.container.calls);
  });

  test('gets nothing more when the relation breaks, though Juju still lists it', async () => {
    const world = await aTracedWorld();
    await runHook(world, { kind: 'relation-broken', ...about });
    expect(world.traces).toEqual([]);
  });

  test.each([
    ['has not answered', {}],
    ['has other receivers only', { receivers: '[]' }],
    ['says what is no URL', answer('http://user:secret@tempo')],
    ['says what is no JSON', { receivers: '[' }],
  ])('that %s gets none, and the unit stays active', async (_what, bag) => {
    const world = await aTracedWorld(bag);
    await runHook(world, updateStatus);
    expect(world.traces).toEqual([]);
    expect(world.juju.unitStatus.status).toBe('active');
    expect(world.juju.unitStatus.message).not.toContain('secret');
  });

  test('that cannot be read is named in the status', async () => {
    const world = await aTracedWorld({ receivers: '{}' });
    await runHook(world, updateStatus);
    expect(world.juju.unitStatus.message).toMatch(
      /^\[charm-tracing:140\] Where it takes traces cannot be read, so the charm sends none/,
    );
  });

  test('that takes none costs one line of the log, and no hook', async () => {
    const world = await aTracedWorld();
    world.traceFault = 'cannot send a trace: no answer within 1000 ms';
    await runHook(world, { kind: 'relation-changed', ...about });
    forget(world);
    await runHook(world, updateStatus);
    expect(world.log).toEqual(['warning cannot send a trace: no answer within 1000 ms']);
    expect(world.juju.unitStatus).toEqual({ status: 'active', message: '' });
  });

  test('that speaks https is verified by the authorities that Mimir trusts', async () => {
    const [ca = ''] = certificates.map((each) => each.ca);
    const world = await aTracedWorld(answer('https://tempo:4318'));
    world.juju.relations.set(100, aFakeRelation('receive-ca-cert', 'ca', { ca: publishVersion1([ca]) }));
    await runHook(world, updateStatus);
    expect(world.traces[0]?.receiver.authorities.trim()).toBe(ca.trim());
    await actOn(world, 'get-config');
    expect(world.traces[1]?.receiver).toEqual(world.traces[0]?.receiver);
  });
});

describe('what fails', () => {
  test('is marked in the trace of a dispatch that fails, which fails all the same', async () => {
    const world = await aTracedWorld();
    world.juju.options = { log_level: 'debug' };
    world.container.restless = true;
    await expect(runHook(world, { kind: 'config-changed' })).rejects.toThrow('cannot settle');
    expect(world.traces.map(({ root }) => root.failure)).toEqual([
      'cannot settle config-changed: the world still changes after 8 passes',
    ]);
  });

  test('but ends well is marked where it failed, and only there', async () => {
    const world = await aTracedWorld();
    const rules = alertRules('cpu', 'up == 0');
    world.juju.relations.set(7, aFakeRelation('receive-remote-write', 'agent', { agent: rules }));
    world.mimir.refusesGroup = () => 'it is wrong';
    await runHook(world, updateStatus);
    world.container.goesAwayAt = 'replan';
    await runHook(world, updateStatus);
    const failed = world.traces.map(({ root, children }) => ({
      root: root.failure,
      children: children.flatMap(({ name, failure }) => (failure === undefined ? [] : [name])),
    }));
    expect(failed).toEqual([
      { root: undefined, children: ['put-rule-group'] },
      { root: undefined, children: ['replan'] },
    ]);
  });

  test('of a configuration is marked with the words of Mimir', async () => {
    const world = await aTracedWorld();
    world.juju.options = { log_level: 'debug' };
    world.container.program.refuses = (config) => (config.includes('debug') ? 'not today' : undefined);
    await runHook(world, { kind: 'config-changed' });
    const failed = world.traces[0]?.children.filter(({ failure }) => failure !== undefined);
    expect(failed).toMatchObject([{ name: 'validate-config', failure: 'not today' }]);
  });

  test('of an action is marked, and the action is answered as without', async () => {
    const world = await aTracedWorld();
    expect((await actOn(world, 'get-config')).failure).toBeUndefined();
    world.container.stopped = true;
    const { failure } = await actOn(world, 'get-config');
    expect(failure).toMatch(/not ready/);
    const shown = world.traces.map(({ root, children }) => [root.name, ...children.map(({ name }) => name)]);
    expect(shown).toEqual([
      ['action', 'get-config'],
      ['action', 'get-config'],
    ]);
    expect(world.traces.map(({ children }) => children[0]?.failure)).toEqual([
      undefined,
      failure?.slice(0, -1),
    ]);
  });
});

test('no secret is in a trace', async () => {
  const world = aFakeWorld();
  relate(world);
  const s3 = {
    ...{ bucket: 'mimir', endpoint: 'http://minio:9000', 'access-key': 'top-access' },
    'secret-key': 'top-secret',
  };
  world.juju.relations.set(40, aFakeRelation('s3', 's3-integrator', { 's3-integrator': s3 }));
  await runHook(world, { kind: 'pebble-ready', container: 'mimir' });
  expect(world.traces.flatMap(({ children }) => children).length).toBeGreaterThan(5);
  expect(JSON.stringify(world.traces)).not.toMatch(/top-(access|secret)/);
});

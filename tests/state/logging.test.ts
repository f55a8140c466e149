import { describe, expect, test } from 'vitest';
import type { RelationSnapshot, Snapshot } from '../../src/charm/snapshot.ts';
import type { Databag } from '../../src/juju/index.ts';
import { allRelations, aRunningSnapshot, aSender, identity } from '../support/builders.ts';
import { effectsOf, kinds, ofKind, unitStatusIn, writtenTo } from '../support/effects.ts';
import { aFakeRelation } from '../support/fake-juju.ts';
import { aSettledWorld, forget, runHook, type FakeWorld } from '../support/fake-ports.ts';

const push = (host: string) => `http://${host}:3100/loki/api/v1/push`;
const at = (host: string): Databag => ({ endpoint: JSON.stringify({ url: push(host) }) });

const aLoki = (id: number, bags: Record<string, Databag>, changes: Partial<RelationSnapshot> = {}) =>
  aSender(id, { application: 'loki', remoteUnitBags: new Map(Object.entries(bags)), ...changes });
const related = (...lokis: RelationSnapshot[]): Partial<Snapshot> => ({ lokis: allRelations(...lokis) });

/** Layers that a snapshot whose Mimir runs as it was before `changes` gets. */
const layersAfter = (changes: Partial<Snapshot>) => {
  const effects = effectsOf({ ...aRunningSnapshot(), ...changes });
  return ofKind(effects, 'add-layer');
};

const about = { endpoint: 'logging', relationId: 7, remoteApp: 'loki' } as const;
const ofUnit = { kind: 'relation-changed', ...about, remoteUnit: 'loki/0' } as const;

function relateLoki({ juju }: FakeWorld, host: string): void {
  juju.relations.set(7, aFakeRelation('logging', 'loki', { loki: {}, 'loki/0': at(host) }));
}

const targetsOf = ({ container }: FakeWorld) => Object.values(container.plan['log-targets']);
const replanned = ['replan'];

describe('a Loki that is related', () => {
  test("gets Mimir's log with the labels of Juju's forwarder, and nothing restarts", () => {
    const effects = effectsOf({ ...aRunningSnapshot(), ...related(aLoki(7, { 'loki/0': at('loki-0') })) });
    const [layer] = ofKind(effects, 'add-layer');
    expect(layer?.label).toBe('mimir-logging');
    expect(layer?.layer.services).toBeUndefined();
    expect(Object.values(layer?.layer['log-targets'] ?? {})).toEqual([
      {
        override: 'replace',
        type: 'loki',
        location: push('loki-0'),
        services: ['all'],
        labels: {
          product: 'Juju',
          charm: 'mimir-k8s',
          juju_model: 'cos',
          juju_model_uuid: identity.modelUuid,
          juju_application: 'mimir-k8s',
          juju_unit: 'mimir-k8s/0',
          job: 'juju_cos_3f0e8c1a_mimir-k8s',
        },
      },
    ]);
    expect(kinds(effects)).not.toContain('await-mimir');
  });

  test('gets it once where two units tell one URL, and each of its own where they tell several', () => {
    const count = (bags: Record<string, Databag>) =>
      Object.keys(layersAfter(related(aLoki(7, bags)))[0]?.layer['log-targets'] ?? {}).length;
    expect(count({ 'loki/0': at('loki'), 'loki/1': at('loki') })).toBe(1);
    expect(count({ 'loki/0': at('loki-0'), 'loki/1': at('loki-1') })).toBe(2);
  });

  test('that has not said where it is gets nothing yet, and nothing is wrong', () => {
    expect(layersAfter(related(aLoki(7, { 'loki/0': {}, 'loki/1': {} })))).toEqual([]);
  });

  test('is told of alert rules by the leader alone', () => {
    const bags = { 'loki/0': at('loki-0') };
    const told = writtenTo(effectsOf(aRunningSnapshot(related(aLoki(7, bags)))), 7);
    expect(JSON.parse(told.app?.['alert_rules'] ?? '')).toMatchObject({
      groups: [{ name: 'cos_3f0e8c1a_mimir_k8s_mimir_log_rules' }],
    });
    const followed = { ...related(aLoki(7, bags, { appBag: 'unobserved' })), leader: false };
    expect(writtenTo(effectsOf(aRunningSnapshot(followed)), 7)).toEqual({});
  });

  test('whose unit tells nonsense costs the others nothing, and the status names it', () => {
    const bags = { 'loki/0': { endpoint: 'x' }, 'loki/1': at('loki-1') };
    const effects = effectsOf({ ...aRunningSnapshot(), ...related(aLoki(7, bags)) });
    const [layer] = ofKind(effects, 'add-layer');
    expect(Object.values(layer?.layer['log-targets'] ?? {})).toMatchObject([{ location: push('loki-1') }]);
    expect(unitStatusIn(effects)).toMatchObject({
      status: 'active',
      message: expect.stringMatching(/^\[logging:7\] loki\/0 gets no logs, .*mend it there/),
    });
  });

  test('that refuses the rules is quoted in the status', () => {
    const remoteAppBag = { event: '{"errors": "parse error at line 1"}' };
    const effects = effectsOf(aRunningSnapshot(related(aLoki(7, {}, { remoteAppBag }))));
    expect(unitStatusIn(effects)?.message).toBe(
      "[logging:7] Loki does not take the alert rules on Mimir's log; look there. It says: parse error at line 1.",
    );
  });
});

describe('in the life of a unit', () => {
  test('a Loki that moves gets the log by a target of another name, and the old one forwards nothing', async () => {
    const world = await aSettledWorld();
    relateLoki(world, 'old');
    await runHook(world, ofUnit);
    const { started } = world.container;
    relateLoki(world, 'new');
    await runHook(world, ofUnit);
    expect(targetsOf(world)).toMatchObject([
      { location: '(removed)', services: ['-all'] },
      { location: push('new'), services: ['all'] },
    ]);
    expect(world.container.started).toBe(started);

    forget(world);
    await runHook(world, { kind: 'update-status' });
    expect(world.container.calls.filter((call) => call === 'addLayer' || call === 'replan')).toEqual(
      replanned,
    );
  });

  test('a Loki that moves back is taken up again', async () => {
    const world = await aSettledWorld();
    for (const host of ['here', 'there', 'here']) {
      relateLoki(world, host);
      await runHook(world, ofUnit);
    }
    expect(targetsOf(world).map(({ services }) => services)).toEqual([['all'], ['-all']]);
  });

  test('a container that starts anew gets its target again', async () => {
    const world = await aSettledWorld();
    relateLoki(world, 'loki');
    await runHook(world, ofUnit);
    world.container.plan = { services: {}, checks: {}, 'log-targets': {} };
    await runHook(world, { kind: 'pebble-ready', container: 'mimir' });
    expect(targetsOf(world)).toMatchObject([{ location: push('loki'), services: ['all'] }]);
  });

  test('nothing is forwarded when the relation breaks, though Juju may list it still', async () => {
    const world = await aSettledWorld();
    relateLoki(world, 'loki');
    await runHook(world, ofUnit);
    const { started } = world.container;
    await runHook(world, { kind: 'relation-broken', ...about, remoteUnit: undefined });
    expect(targetsOf(world)).toMatchObject([{ location: '(removed)', services: ['-all'] }]);
    expect(world.container.started).toBe(started);
  });

  test('targets of others are left alone', async () => {
    const world = await aSettledWorld();
    const theirs = {
      override: 'replace',
      type: 'loki',
      location: 'http://other',
      services: ['all'],
    } as const;
    world.container.plan = { ...world.container.plan, 'log-targets': { other: theirs } };
    relateLoki(world, 'loki');
    await runHook(world, ofUnit);
    expect(world.container.plan['log-targets']['other']).toEqual(theirs);
  });
});

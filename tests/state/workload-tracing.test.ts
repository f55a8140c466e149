import { describe, expect, test } from 'vitest';
import { hashIn, type RelationSnapshot, type Snapshot } from '../../src/charm/snapshot.ts';
import type { Databag } from '../../src/juju/index.ts';
import { allRelations, aRunningSnapshot, aSender } from '../support/builders.ts';
import { effectsOf, kinds, ofKind, unitStatusIn, writtenTo } from '../support/effects.ts';
import { aFakeRelation } from '../support/fake-juju.ts';
import { aSettledWorld, forget, runHook } from '../support/fake-ports.ts';
import { comeToRest, severalUnits, starts } from '../support/several-units.ts';
import { databagFixture } from '../unit/interfaces/databag-fixture.ts';

const answer = (url: string): Databag => ({
  receivers: JSON.stringify([{ protocol: { name: 'otlp_http', type: 'http' }, url }]),
});
const captured = databagFixture('tracing').provider_app;
const tempo = (changes: Partial<RelationSnapshot> = {}) => ({
  workloadTracing: allRelations(aSender(130, { application: 'tempo', remoteAppBag: captured, ...changes })),
});
const layerIn = (snapshot: Snapshot) => ofKind(effectsOf(snapshot), 'add-layer')[0]?.layer;
const environmentIn = (snapshot: Snapshot) => layerIn(snapshot)?.services?.['mimir']?.environment;
const variable = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';

describe('an application that takes traces', () => {
  test('is asked by the leader for the protocol that Mimir speaks', () => {
    const asked = { app: { receivers: '["otlp_http"]' } };
    expect(writtenTo(effectsOf(aRunningSnapshot(tempo({ remoteAppBag: {} }))), 130)).toEqual(asked);
    const follower = { leader: false, ...tempo({ appBag: 'unobserved' }) } as const;
    expect(writtenTo(effectsOf(aRunningSnapshot(follower)), 130)).toEqual({});
  });

  test('has Mimir started with where it is and who sends', () => {
    expect(environmentIn({ ...aRunningSnapshot(), ...tempo() })).toMatchObject({
      [variable]: 'http://tempo.cos.svc.cluster.local:4318/v1/traces',
      OTEL_SERVICE_NAME: 'mimir-k8s',
      OTEL_RESOURCE_ATTRIBUTES:
        'juju_application=mimir-k8s,juju_charm=mimir-k8s,juju_model=cos,juju_model_uuid=3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c,juju_unit=mimir-k8s/0',
    });
  });

  test('restarts Mimir when it comes and when it moves, and not for anything else that it says', () => {
    const before = aRunningSnapshot(tempo());
    expect(kinds(effectsOf({ ...aRunningSnapshot(), ...tempo() }))).toContain('await-mimir');
    const moved = tempo({ remoteAppBag: answer('http://other:4318') });
    expect(environmentIn({ ...before, ...moved })).toHaveProperty(variable, 'http://other:4318/v1/traces');
    const same = tempo({
      remoteAppBag: { ...answer('http://tempo.cos.svc.cluster.local:4318/'), more: 'x' },
    });
    expect(kinds(effectsOf({ ...before, ...same }))).not.toContain('add-layer');
  });

  test('leaves the layer as it was without it when it goes', () => {
    const never = aRunningSnapshot();
    const gone = layerIn({ ...aRunningSnapshot(tempo()), workloadTracing: allRelations() });
    const { services, checks } = never.workload.reachable ? never.workload.plan : {};
    expect(JSON.stringify([gone?.services, gone?.checks])).toBe(JSON.stringify([services, checks]));
    expect(JSON.stringify(services)).not.toContain('OTEL');
  });

  test.each([
    ['has said nothing yet', {}],
    ['takes them by other protocols only', { receivers: '[]' }],
  ])('that %s gets none', (_what, remoteAppBag) => {
    expect(kinds(effectsOf({ ...aRunningSnapshot(), ...tempo({ remoteAppBag }) }))).not.toContain(
      'add-layer',
    );
    expect(environmentIn({ ...aRunningSnapshot(tempo()), ...tempo({ remoteAppBag }) })).not.toHaveProperty(
      variable,
    );
  });

  test('that takes them by other protocols only is named in the status of a Mimir that goes on', () => {
    const effects = effectsOf({ ...aRunningSnapshot(), ...tempo({ remoteAppBag: { receivers: '[]' } }) });
    expect(unitStatusIn(effects)).toEqual({
      status: 'active',
      message: expect.stringMatching(/^\[workload-tracing:130\] It offers no receiver otlp_http/),
    });
  });

  test.each([
    ['a URL that is none', answer('http://a b')],
    ['a URL with a password', answer('http://user:pass@tempo:4318')],
    ['no list', { receivers: '{}' }],
    ['no JSON', { receivers: '[' }],
  ])('that says %s changes nothing, and is named', (_what, remoteAppBag) => {
    for (const before of [aRunningSnapshot(), aRunningSnapshot(tempo())]) {
      const effects = effectsOf({ ...before, ...tempo({ remoteAppBag }) });
      expect(kinds(effects)).not.toContain('add-layer');
      expect(unitStatusIn(effects)).toEqual({
        status: 'active',
        message: expect.stringMatching(/^\[workload-tracing:130\] Where it takes traces cannot be read/),
      });
      expect(JSON.stringify(effects)).not.toContain('user:pass');
    }
  });

  test('whose bag Juju does not show for a moment changes nothing', () => {
    const effects = effectsOf({ ...aRunningSnapshot(tempo()), ...tempo({ remoteAppBag: 'unobserved' }) });
    expect(kinds(effects)).not.toContain('add-layer');
  });

  test('comes and goes while an option is wrong, too', () => {
    const options = { log_level: 'loud' };
    const related = { ...aRunningSnapshot(), ...tempo(), options };
    expect(environmentIn(related)).toHaveProperty(variable);
    const running = aRunningSnapshot(tempo());
    expect(kinds(effectsOf({ ...running, options }))).not.toContain('add-layer');
    expect(environmentIn({ ...running, workloadTracing: allRelations(), options })).not.toHaveProperty(
      variable,
    );
  });
});

test('several units restart for it one after another, with one hash and each under its own name', () => {
  const model = severalUnits(3);
  comeToRest(model);
  for (const [unit, snapshot] of model.snapshots)
    model.snapshots.set(unit, {
      ...snapshot,
      ...tempo(snapshot.leader ? {} : { appBag: 'unobserved' }),
    });
  const restarts = comeToRest(model).filter(([, effects]) => starts(effects));
  expect(restarts.map(([unit]) => unit)).toEqual(['mimir-k8s/0', 'mimir-k8s/1', 'mimir-k8s/2']);
  const workloads = [...model.snapshots.values()].map(({ workload }) => workload);
  expect(new Set(workloads.map(hashIn)).size).toBe(1);
  const units = workloads.map((workload) =>
    workload.reachable
      ? workload.plan.services['mimir']?.environment?.['OTEL_RESOURCE_ATTRIBUTES']?.split('juju_unit=')[1]
      : undefined,
  );
  expect(units).toEqual(['mimir-k8s/0', 'mimir-k8s/1', 'mimir-k8s/2']);
});

test('a relation that breaks takes the traces along, though Juju still lists it', async () => {
  const world = await aSettledWorld();
  const before = JSON.stringify(world.container.plan);
  world.juju.relations.set(130, aFakeRelation('workload-tracing', 'tempo', { tempo: captured }));
  const about = { endpoint: 'workload-tracing', relationId: 130, remoteApp: 'tempo', remoteUnit: undefined };
  await runHook(world, { kind: 'relation-changed', ...about });
  expect(JSON.stringify(world.container.plan)).toContain(variable);
  expect(world.juju.relations.get(130)?.bags.get('mimir-k8s')).toEqual({ receivers: '["otlp_http"]' });
  forget(world);
  await runHook(world, { kind: 'relation-broken', ...about });
  expect(JSON.stringify(world.container.plan)).toBe(before);
});

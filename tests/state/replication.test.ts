import { describe, expect, test } from 'vitest';
import { paths } from '../../src/mimir/paths.ts';
import { anEmptyContainer, aRunningSnapshot } from '../support/builders.ts';
import { effectsOf, kinds, unitStatusIn } from '../support/effects.ts';
import {
  comeToRest,
  runOn,
  scale,
  seenBy,
  severalUnits,
  type SeveralUnits,
  starts,
} from '../support/several-units.ts';

function configOf({ snapshots }: SeveralUnits, unit: string): string {
  const workload = snapshots.get(unit)?.workload;
  return (workload?.reachable === true ? workload.files.get(paths.config) : undefined) ?? '';
}

/** What each unit's Mimir keeps of each series. */
const factors = (model: SeveralUnits) =>
  [...model.snapshots].map(([unit, { workload }]) => {
    const runs = workload.reachable && workload.service === 'active';
    return runs ? /replication_factor: (\d)/.exec(configOf(model, unit))?.[1] : 'none';
  });
const statuses = (model: SeveralUnits) =>
  [...model.snapshots.values()].map(({ unitStatus }) => unitStatus?.message ?? '');

describe('one unit with a bucket', () => {
  test('keeps one copy, joins nobody and asks nobody', () => {
    const model = severalUnits(1);
    comeToRest(model);
    expect(factors(model)).toEqual(['1']);
    expect(configOf(model, 'mimir-k8s/0')).not.toContain('join_members');
    expect(model.appBag).toEqual({ storage: 's3' });
  });
});

describe('three units that start together', () => {
  const model = severalUnits(3);
  comeToRest(model);

  test('keep three copies from the beginning, and none of them restarts', () => {
    expect(factors(model)).toEqual(['3', '3', '3']);
    expect(statuses(model)).toEqual(['', '', '']);
    expect(model.appBag['replication_factor']).toBe('3');
  });

  test('find one another by a name that does not depend on how many they are', () => {
    const config = configOf(model, 'mimir-k8s/2');
    expect(config).toContain('- dns+mimir-k8s-endpoints.cos.svc.cluster.local:7946\n');
    expect(config).toContain('cluster_label: cos.mimir-k8s\n');
    expect(configOf(model, 'mimir-k8s/0')).toBe(config);
  });

  test('are not restarted because another joins', () => {
    scale(model, 4);
    const before = configOf(model, 'mimir-k8s/0');
    const done = comeToRest(model);
    expect(done.filter(([unit, effects]) => unit !== 'mimir-k8s/3' && starts(effects))).toEqual([]);
    expect(configOf(model, 'mimir-k8s/3')).toBe(before);
  });
});

describe('one unit that becomes three', () => {
  const begin = () => {
    const model = severalUnits(1);
    comeToRest(model);
    scale(model, 3);
    return model;
  };

  test('brings what it holds into the bucket before any other starts, and says so', () => {
    const model = begin();
    runOn(model, 'mimir-k8s/1');
    expect(factors(model)).toEqual(['1', 'none', 'none']);
    expect(statuses(model)[1]).toBe('[units] Waiting for mimir-k8s/0 to bring its samples into the bucket.');
    expect(kinds(runOn(model, 'mimir-k8s/0'))).toContain('flush');
    expect(model.appBag['replication_factor']).toBe('3');
    expect(statuses(model)[0]).toMatch(/^\[units\] Goes on alone until 2 more units run/);
  });

  test('keeps one copy until two others run, then follows them, and all bring what they hold into the bucket', () => {
    const model = begin();
    runOn(model, 'mimir-k8s/0');
    expect(starts(runOn(model, 'mimir-k8s/1'))).toBe(true);
    expect(starts(runOn(model, 'mimir-k8s/0'))).toBe(false);
    expect(starts(runOn(model, 'mimir-k8s/2'))).toBe(true);
    expect(factors(model)).toEqual(['1', '3', '3']);
    const step = runOn(model, 'mimir-k8s/0');
    expect(kinds(step)).toEqual(expect.arrayContaining(['ask-peers', 'await-mimir', 'flush']));
    expect(statuses(model)[0]).toMatch(
      /^\[units\] Queries may miss some samples until mimir-k8s\/1, mimir-k8s\/2 have/,
    );
    expect(kinds(runOn(model, 'mimir-k8s/1'))).toContain('flush');
    expect(kinds(runOn(model, 'mimir-k8s/2'))).toContain('flush');
    comeToRest(model);
    expect(factors(model)).toEqual(['3', '3', '3']);
    expect(statuses(model)).toEqual(['', '', '']);
  });

  test('has the others wait with that until they have heard of the first unit', () => {
    const model = begin();
    runOn(model, 'mimir-k8s/0');
    const first = model.snapshots.get('mimir-k8s/0');
    model.snapshots.delete('mimir-k8s/0');
    expect(kinds(runOn(model, 'mimir-k8s/1'))).not.toContain('flush');
    if (first !== undefined) model.snapshots.set('mimir-k8s/0', first);
    expect(kinds(runOn(model, 'mimir-k8s/1'))).not.toContain('flush');
  });

  test('has those wait too that got the disks of former units', () => {
    const model = begin();
    const former = severalUnits(3);
    comeToRest(former);
    const left = former.snapshots.get('mimir-k8s/1')?.workload;
    const files = left?.reachable === true ? left.files : new Map<string, string>();
    const unit = model.snapshots.get('mimir-k8s/1');
    if (unit !== undefined)
      model.snapshots.set('mimir-k8s/1', { ...unit, workload: anEmptyContainer({ files }) });
    expect(starts(runOn(model, 'mimir-k8s/1'))).toBe(false);
    runOn(model, 'mimir-k8s/0');
    expect(starts(runOn(model, 'mimir-k8s/1'))).toBe(true);
  });

  test('that is back to one before the others came goes on as it was', () => {
    const model = begin();
    runOn(model, 'mimir-k8s/0');
    scale(model, 1);
    const done = comeToRest(model);
    expect(done.some(([, effects]) => starts(effects))).toBe(false);
    expect(model.appBag).toEqual({ storage: 's3' });
  });
});

describe('three units that become one', () => {
  const model = severalUnits(3);
  comeToRest(model);

  test('keep three copies while there are two', () => {
    scale(model, 2);
    comeToRest(model);
    expect(factors(model)).toEqual(['3', '3']);
  });

  test('keep them also while the last but one is still leaving', () => {
    const { snapshots } = model;
    const leaving = snapshots.get('mimir-k8s/1');
    scale(model, 1);
    if (leaving !== undefined) snapshots.set('mimir-k8s/1', { ...leaving, dying: true });
    runOn(model, 'mimir-k8s/0');
    expect(factors(model)[0]).toBe('3');
    snapshots.delete('mimir-k8s/1');
  });

  test('keep one copy as soon as Juju says that it departs, whoever leads', () => {
    const first = model.snapshots.get('mimir-k8s/0');
    if (first !== undefined)
      model.snapshots.set('mimir-k8s/0', { ...first, leader: false, applicationStatus: 'unobserved' });
    const done = runOn(model, 'mimir-k8s/0');
    expect(kinds(done)).toEqual(expect.arrayContaining(['kill-service', 'await-mimir']));
    expect(factors(model)).toEqual(['1']);
    expect(statuses(model)).toEqual(['']);
  });

  test('are in a cluster that those that still leave are not in, and stay in it', () => {
    expect(configOf(model, 'mimir-k8s/0')).toContain('cluster_label: cos.mimir-k8s.1\n');
    const done = comeToRest(model);
    expect(done.some(([, effects]) => starts(effects))).toBe(false);
  });

  test('are joined there by those that come later', () => {
    const first = model.snapshots.get('mimir-k8s/0');
    if (first !== undefined) model.snapshots.set('mimir-k8s/0', { ...first, leader: true });
    scale(model, 3, { leader: false });
    comeToRest(model);
    expect(factors(model)).toEqual(['3', '3', '3']);
    for (const unit of model.snapshots.keys())
      expect(configOf(model, unit)).toContain('cluster_label: cos.mimir-k8s.1\n');
  });

  test('are not joined by one that has not heard of the first unit yet: it knows no cluster to start in', () => {
    scale(model, 4, { leader: false });
    const first = model.snapshots.get('mimir-k8s/0');
    model.snapshots.delete('mimir-k8s/0');
    expect(starts(runOn(model, 'mimir-k8s/3'))).toBe(false);
    expect(configOf(model, 'mimir-k8s/3')).toBe('');
    if (first !== undefined)
      model.snapshots = new Map([['mimir-k8s/0', { ...first, plannedUnits: 4 }], ...model.snapshots]);
    comeToRest(model);
    expect(configOf(model, 'mimir-k8s/3')).toContain('cluster_label: cos.mimir-k8s.1\n');
    scale(model, 3);
    comeToRest(model);
  });

  test('are in yet another one the next time', () => {
    scale(model, 1);
    comeToRest(model);
    expect(configOf(model, 'mimir-k8s/0')).toContain('cluster_label: cos.mimir-k8s.2\n');
  });
});

describe('a unit that leaves', () => {
  const model = severalUnits(3);
  comeToRest(model);
  const dying = { ...seenBy(model, 'mimir-k8s/2'), dying: true };

  test('brings all into the bucket and leaves the others for good before it stops, and tells nobody anything', () => {
    const done = kinds(effectsOf(dying, { kind: 'storage-detaching', storageId: 'data/2' }));
    expect(done).toEqual(['prepare-shutdown', 'add-layer', 'stop-service']);
  });

  test('stops all the same if Mimir does not answer', () => {
    const done = kinds(effectsOf({ ...dying, mimirTrouble: 'no answer' }));
    expect(done).toEqual(['add-layer', 'stop-service']);
  });

  test('but is only restarted is not asked to leave', () => {
    expect(effectsOf({ ...dying, dying: false }, { kind: 'stop' })).toEqual([]);
  });

  test('its disk does not make the next one leave that gets it', () => {
    const files = new Map(paths.shutdownMarkers.map((path) => [path, '']));
    const next = { ...dying, dying: false, workload: anEmptyContainer({ files }) };
    const removed = effectsOf(next).flatMap((effect) => (effect.kind === 'remove-file' ? [effect.path] : []));
    expect(removed).toEqual(expect.arrayContaining([...paths.shutdownMarkers]));
  });
});

describe('units of which too few serve', () => {
  const model = severalUnits(3);
  comeToRest(model);
  const { workload, ...snapshot } = seenBy(model, 'mimir-k8s/0');

  test('say so, with what to look at', () => {
    if (!workload.reachable) throw new Error('the container is away');
    const effects = effectsOf({ ...snapshot, workload: { ...workload, quorumLost: true } });
    expect(unitStatusIn(effects)?.message).toMatch(/^\[units\] Too few units serve: .*kubectl get pods/);
  });

  test('are told by a check that takes no pod out of the Service', () => {
    if (!workload.reachable) throw new Error('the container is away');
    expect(workload.plan.checks['mimir-quorum']).toMatchObject({ threshold: 2 });
    expect(workload.plan.checks['mimir-quorum']).not.toHaveProperty('level');
    expect(aRunningSnapshot().workload).not.toHaveProperty('plan.checks.mimir-quorum');
  });
});

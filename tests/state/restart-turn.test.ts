import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { hashIn } from '../../src/charm/snapshot.ts';
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

const [zero, one, two] = ['mimir-k8s/0', 'mimir-k8s/1', 'mimir-k8s/2'] as const;

function change(model: SeveralUnits, unit: string, changes: Partial<Snapshot>): void {
  const before = model.snapshots.get(unit);
  if (before !== undefined) model.snapshots.set(unit, { ...before, ...changes });
}

/** Three units that serve, whose option changes for all at once. */
function withChange(): SeveralUnits {
  const model = severalUnits(3);
  comeToRest(model);
  for (const unit of model.snapshots.keys()) change(model, unit, { options: { log_level: 'debug' } });
  return model;
}

const statusOf = (model: SeveralUnits, unit: string) => model.snapshots.get(unit)?.unitStatus?.message;
const told = (model: SeveralUnits, unit: string) => model.snapshots.get(unit)?.peers?.unitBag ?? {};

describe('a configuration that needs a restart', () => {
  test('changes nothing on a unit whose turn it is not, which says whom it waits for', () => {
    const model = withChange();
    const done = runOn(model, one);
    expect(kinds(done).filter((kind) => !['relation-set', 'set-status'].includes(kind))).toEqual(['replan']);
    expect(told(model, one)['restart_wanted']).toMatch(/^[0-9a-f]{16}$/);
    expect(statusOf(model, one)).toBe('[units] Restarts with the new configuration after the other units.');
  });

  test('reaches one unit after the other, each after it has found all others serving', () => {
    const model = withChange();
    const restarts = comeToRest(model).filter(([, effects]) => starts(effects));
    expect(restarts.map(([unit]) => unit)).toEqual([zero, one, two]);
    for (const [, effects] of restarts)
      expect(kinds(effects).indexOf('ask-peers')).toBeLessThan(kinds(effects).indexOf('push-files'));
    expect(new Set([...model.snapshots.values()].map(({ workload }) => hashIn(workload))).size).toBe(1);
    expect([zero, one, two].map((unit) => statusOf(model, unit))).toEqual(['', '', '']);
  });

  test('waits while another unit does not serve, and names it', () => {
    const model = withChange();
    const effects = effectsOf({ ...seenBy(model, zero), peersDown: [two] });
    expect(kinds(effects)).not.toContain('push-files');
    expect(unitStatusIn(effects)?.message).toBe(
      '[units] Restarts with the new configuration when mimir-k8s/2 serves again.',
    );
  });

  test('waits while the Mimir of this unit does not say how the others are', () => {
    const model = withChange();
    expect(kinds(effectsOf({ ...seenBy(model, zero), mimirTrouble: 'no answer' }))).not.toContain(
      'ask-peers',
    );
  });

  test('is applied at once by a unit whose Mimir does not serve, and by one without peers', () => {
    const model = withChange();
    const seen = seenBy(model, two);
    if (!seen.workload.reachable) throw new Error('the container is away');
    const workload = { ...seen.workload, service: 'backoff', ready: false };
    expect(kinds(effectsOf({ ...seen, workload }))).toContain('push-files');
    scale(model, 1);
    expect(starts(runOn(model, zero))).toBe(true);
  });
});

describe('the turn', () => {
  const wants = (unit: string, model = withChange()) => {
    runOn(model, unit);
    return model;
  };
  const turn = ({ appBag }: SeveralUnits) => appBag['restart_turn'];

  test('is given by the leader to one that asks, and kept until it says that it has used it', () => {
    const model = wants(two, wants(one));
    change(model, zero, { options: {} });
    runOn(model, zero);
    expect(turn(model)).toBe('1 mimir-k8s/1');
    runOn(model, zero);
    expect(turn(model)).toBe('1 mimir-k8s/1');
    expect(starts(runOn(model, two))).toBe(false);
    expect(starts(runOn(model, one))).toBe(true);
    expect(told(model, one)).toMatchObject({ restart_done: '1' });
    expect(told(model, one)).not.toHaveProperty('restart_wanted');
    runOn(model, zero);
    expect(turn(model)).toBe('2 mimir-k8s/2');
  });

  test('is void when the unit that has it is gone', () => {
    const model = wants(two, wants(one));
    change(model, zero, { options: {} });
    runOn(model, zero);
    model.snapshots.delete(one);
    for (const unit of model.snapshots.keys()) change(model, unit, { plannedUnits: 2 });
    runOn(model, zero);
    expect(turn(model)).toBe('2 mimir-k8s/2');
  });

  test.each([
    [
      'while a unit is leaving',
      (model: SeveralUnits) => {
        change(model, zero, { plannedUnits: 2 });
      },
    ],
    [
      'while a unit is down',
      (model: SeveralUnits) => {
        const { peers } = model.snapshots.get(two) ?? {};
        if (peers) change(model, two, { peers: { ...peers, unitBag: { ...peers.unitBag, up: '' } } });
      },
    ],
    [
      'to one that wants what did not come up elsewhere',
      (model: SeveralUnits) => {
        const { peers } = model.snapshots.get(two) ?? {};
        const restart_refused = told(model, one)['restart_wanted'] ?? '';
        if (peers)
          change(model, two, { peers: { ...peers, unitBag: { ...peers.unitBag, restart_refused } } });
      },
    ],
  ])('is not given %s', (_why, happens) => {
    const model = wants(one);
    change(model, zero, { options: {} });
    happens(model);
    runOn(model, zero);
    expect(turn(model)).toBeUndefined();
  });

  test('that is no use any more ends at once', () => {
    const model = wants(one);
    change(model, zero, { options: {} });
    runOn(model, zero);
    change(model, one, { options: {} });
    expect(starts(runOn(model, one))).toBe(false);
    expect(told(model, one)).toMatchObject({ restart_done: '1' });
  });

  test('goes on in the hands of a new leader that has an old word of who has it', () => {
    const model = wants(two, wants(one));
    change(model, zero, { options: {} });
    runOn(model, zero);
    const before = told(model, one);
    runOn(model, one);
    const { peers } = model.snapshots.get(one) ?? {};
    if (peers) change(model, one, { peers: { ...peers, unitBag: before } });
    runOn(model, zero, { kind: 'leader-elected' });
    expect(turn(model)).toBe('1 mimir-k8s/1');
  });
});

test('a unit tells the others what its Mimir did not come up with', () => {
  const model = withChange();
  const seen = seenBy(model, one);
  if (!seen.workload.reachable) throw new Error('the container is away');
  const rejection = { hash: '0123456789abcdef', by: 'mimir', reason: 'no' } as const;
  const effects = effectsOf({ ...seen, workload: { ...seen.workload, rejection } });
  expect(effects).toContainEqual(
    expect.objectContaining({ values: expect.objectContaining({ restart_refused: rejection.hash }) }),
  );
});

test('a unit that is told that another refused says so', () => {
  const model = withChange();
  runOn(model, one);
  const { peers } = model.snapshots.get(two) ?? {};
  const restart_refused = told(model, one)['restart_wanted'] ?? '';
  if (peers) change(model, two, { peers: { ...peers, unitBag: { ...peers.unitBag, restart_refused } } });
  runOn(model, one);
  expect(statusOf(model, one)).toMatch(
    /^\[units\] Keeps its configuration, since mimir-k8s\/2 did not come up/,
  );
});

import { describe, expect, test } from 'vitest';
import { hashIn, type Snapshot } from '../../src/charm/snapshot.ts';
import { paths } from '../../src/mimir/paths.ts';
import { aPlan, aRunningSnapshot, aSnapshot, anEmptyContainer, asPlanned } from '../support/builders.ts';
import { effectsOf, kinds, ofKind, pushedIn, unitStatusIn } from '../support/effects.ts';

const options = { tsdb_block_retention_period: '3d' };
const before = aRunningSnapshot();
const lastGood = asPlanned(before).files.get(paths.lastGood.config);

/** Killed between add-layer and replan: files and plan are new, and what runs and is ready is the old Mimir. */
const untried: Snapshot = {
  ...before,
  options,
  workload: {
    ...asPlanned({ ...before, options }),
    files: new Map([...asPlanned({ ...before, options }).files, [paths.lastGood.config, lastGood]]),
  },
};

describe('a configuration that Mimir has not run with yet', () => {
  test('is not proven by the old Mimir that is still ready', () => {
    const effects = effectsOf(untried);
    expect(pushedIn(effects).has(paths.lastGood.config)).toBe(false);
    expect(ofKind(effects, 'replan')).toEqual([{ kind: 'replan', lookAgain: 'always' }]);
  });

  test('is proven by a Mimir that is ready after the replan', () => {
    const effects = effectsOf({ ...untried, replanned: true });
    expect([...pushedIn(effects).keys()]).toEqual([paths.lastGood.config]);
    expect(ofKind(effects, 'push-files')[0]?.files[0]?.permissions).toBe('600');
  });

  test.each([
    ['not ready', { ready: false }],
    ['of another hash', { plan: aPlan('another') }],
  ])('is not proven by a Mimir that is %s', (_what, changes) => {
    const workload = { ...asPlanned(untried), files: filesOf(untried), ...changes };
    const effects = effectsOf({ ...untried, workload, replanned: true });
    expect(pushedIn(effects).has(paths.lastGood.config)).toBe(false);
  });

  test('makes no dispatch look again once it is proven', () => {
    expect(ofKind(effectsOf(before), 'replan')).toEqual([{ kind: 'replan', lookAgain: 'if-restarted' }]);
  });
});

describe('a configuration that was refused', () => {
  const hash = hashIn(asPlanned({ ...before, options })) ?? '';
  const rejection = { hash, by: 'mimir' as const, reason: 'no space left on device' };
  const files = new Map([...filesOf(untried), [paths.lastGood.rejection, JSON.stringify(rejection)]]);

  test('is good after all if Mimir runs with it and is ready: the refusal is forgotten', () => {
    const workload = { ...asPlanned({ ...before, options }), files, rejection };
    const effects = effectsOf({ ...untried, workload, replanned: true });
    expect(effects).toContainEqual({ kind: 'remove-file', path: paths.lastGood.rejection });
    expect(unitStatusIn(effects)).toEqual({ status: 'active', message: '' });
  });

  test('gives way to the last good one while Mimir is not ready with it', () => {
    const workload = { ...asPlanned({ ...before, options }), files, rejection, ready: false };
    const effects = effectsOf({ ...untried, workload });
    expect(pushedIn(effects).get(paths.config)).toBe(lastGood);
    expect(unitStatusIn(effects)?.message).toContain('the last good one stays in force');
  });

  test('in a container that has no other leaves Mimir stopped, with words', () => {
    const workload = anEmptyContainer({ rejection, files: new Map() });
    const effects = effectsOf(aSnapshot({ options, workload }));
    expect(ofKind(effects, 'add-layer')[0]?.layer.services?.['mimir']?.startup).toBe('disabled');
    expect(unitStatusIn(effects)?.message).toContain('there is no earlier one');
  });
});

describe('an image', () => {
  test('without Mimir in it is Blocked, starts nothing and runs nothing of it', () => {
    const effects = effectsOf(aSnapshot({ workload: anEmptyContainer({ version: undefined }) }));
    expect(unitStatusIn(effects)).toEqual({
      status: 'blocked',
      message: expect.stringMatching(/^\[mimir-image\] .*juju attach-resource/),
    });
    expect(ofKind(effects, 'add-layer')[0]?.layer.services?.['mimir']?.startup).toBe('disabled');
    expect(kinds(effects)).not.toContain('validate-config');
    expect(kinds(effects)).not.toContain('await-mimir');
  });

  test('may bring checks and services of its own: they make no difference', () => {
    const { plan } = asPlanned(before);
    const own = { command: '/bin/other', override: 'replace' } as const;
    const services = { ...plan.services, other: own };
    const checks = { ...plan.checks, 'mimir-alive': { level: 'alive', override: 'replace' } as const };
    const workload = { ...asPlanned(before), plan: { ...plan, services, checks } };
    expect(kinds(effectsOf({ ...before, workload }))).not.toContain('add-layer');
  });

  test('does not keep our own check from being set right', () => {
    const { plan } = asPlanned(before);
    const checks = { 'mimir-ready': { ...plan.checks['mimir-ready'], level: 'alive' } as const };
    const workload = { ...asPlanned(before), plan: { ...plan, checks } };
    expect(kinds(effectsOf({ ...before, workload }))).toContain('add-layer');
  });
});

describe('a unit that is being removed', () => {
  test.each(['active', 'backoff', 'error'])('stops a service that is %s', (service) => {
    const workload = { ...asPlanned(before), service, ready: service === 'active' };
    const effects = effectsOf({ ...before, workload, dying: true }, { kind: 'stop' });
    expect(kinds(effects)).toEqual(['add-layer', 'stop-service']);
  });

  test('does not stop what has stopped, and writes no file', () => {
    const workload = { ...asPlanned(before), service: 'inactive', ready: false };
    const effects = effectsOf({ ...before, workload, dying: true }, { kind: 'remove' });
    expect(kinds(effects)).toEqual(['add-layer']);
  });
});

describe('trouble with the API of a Mimir that is ready', () => {
  test('is waited out, in its own words', () => {
    const effects = effectsOf({ ...before, mimirTrouble: 'cannot POST /rules of Mimir: no answer' });
    const message =
      '[mimir] What Mimir did not do follows at the next event: cannot POST /rules of Mimir: no answer.';
    expect(unitStatusIn(effects)).toEqual({ status: 'waiting', message });
  });

  test('is no news while Mimir is not ready', () => {
    const workload = { ...asPlanned(before), ready: false, checkDown: true };
    const effects = effectsOf({ ...before, workload, mimirTrouble: 'no answer' });
    expect(unitStatusIn(effects)?.message).toBe('[mimir] Waiting for Mimir to be ready.');
  });
});

function filesOf({ workload }: Snapshot): ReadonlyMap<string, string | undefined> {
  return workload.reachable ? workload.files : new Map();
}

import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { paths } from '../../src/mimir/paths.ts';
import { aRunningSnapshot, aSnapshot } from '../support/builders.ts';
import { effectsOf, ofKind, pushedIn, unitStatusIn } from '../support/effects.ts';

const off = aRunningSnapshot();
const on = aRunningSnapshot({ options: { ha_tracker: true } });
const withOptions = (snapshot: Snapshot, options: Snapshot['options']): Snapshot => ({
  ...snapshot,
  options,
});

describe('the option ha_tracker', () => {
  test('is off by default: nothing of it is written', () => {
    const files = pushedIn(effectsOf(aSnapshot()));
    expect(files.get(paths.config)).not.toContain('ha_tracker');
    expect(files.get(paths.limits)).not.toContain('ha_');
  });

  test('turned on writes the labels too, and restarts Mimir', () => {
    const effects = effectsOf(withOptions(off, { ha_tracker: true }));
    expect(pushedIn(effects).get(paths.config)).toContain('enable_ha_tracker: true');
    expect(pushedIn(effects).get(paths.limits)).toContain('accept_ha_samples: true');
    expect(ofKind(effects, 'add-layer')).toHaveLength(1);
  });

  test('turned off removes both', () => {
    const files = pushedIn(effectsOf(withOptions(on, {})));
    expect(files.get(paths.config)).not.toContain('ha_tracker');
    expect(files.get(paths.limits)).not.toContain('ha_');
  });

  test('writes no labels while an older configuration without it is kept: all replicas would become one series', () => {
    const effects = effectsOf(withOptions(off, { ha_tracker: true, log_level: 'loud' }));
    expect(pushedIn(effects).size).toBe(0);
    expect(unitStatusIn(effects)?.message).toMatch(/^\[log_level\]/);
  });
});

describe('its labels', () => {
  test('are changed without a restart', () => {
    const options = { ha_tracker: true, ha_cluster_label: 'team', ha_replica_label: 'replica' };
    const effects = effectsOf(withOptions(on, options));
    expect([...pushedIn(effects).keys()]).toEqual([paths.limits]);
    expect(pushedIn(effects).get(paths.limits)).toMatch(
      /ha_cluster_label: team\n +ha_replica_label: replica\n/,
    );
    expect(ofKind(effects, 'add-layer')).toEqual([]);
  });

  test.each([
    ['ha_cluster_label', { ha_cluster_label: 'a-b' }],
    ['ha_replica_label', { ha_replica_label: '' }],
    ['ha_replica_label', { ha_replica_label: 'cluster' }],
  ])('that are no names are Blocked with words on %s, and those in force stay', (option, changes) => {
    const effects = effectsOf(withOptions(on, { ha_tracker: true, ...changes }));
    expect(pushedIn(effects).size).toBe(0);
    expect(unitStatusIn(effects)).toEqual({
      status: 'blocked',
      message: expect.stringMatching(new RegExp(`^\\[${option}\\] .+\\.$`)),
    });
  });

  test('that are no names do not keep Mimir from its first start', () => {
    const options = { ha_tracker: true, ha_replica_label: '-' };
    const files = pushedIn(effectsOf(aSnapshot({ options })));
    expect(files.get(paths.limits)).toContain('ingestion_rate');
    expect(files.get(paths.limits)).not.toContain('ha_');
    expect(files.get(paths.config)).toContain('enable_ha_tracker: true');
  });
});

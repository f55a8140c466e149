import { describe, expect, test } from 'vitest';
import { aRunningSnapshot } from '../support/builders.ts';
import { effectsOf, kinds, unitStatusIn } from '../support/effects.ts';
import { aSettledWorld, forget, runHook } from '../support/fake-ports.ts';

const configChanged = { kind: 'config-changed' } as const;
const size = 10_000_000_000;

describe('a disk', () => {
  test.each([
    [0, '0 MB'],
    [599_999_999, '599 MB'],
  ])('with %i bytes left of ten billion is Blocked with figures and what to do', (free, words) => {
    const effects = effectsOf(aRunningSnapshot({ disk: { size, free } }));
    expect(unitStatusIn(effects)).toEqual({
      status: 'blocked',
      message: `[data] The disk is full (${words} of 10000 MB left): this unit can write no blocks, and soon no samples, until there is space; enlarge its volume, or lower tsdb_block_retention_period.`,
    });
    expect(kinds(effects)).not.toContain('stop-service');
  });

  test('with space for a block is no problem, nor is one that nothing is known of', () => {
    for (const disk of [{ size, free: 600_000_000 }, undefined])
      expect(unitStatusIn(effectsOf(aRunningSnapshot({ disk })))?.status).toBe('active');
  });
});

describe('a file that does not fit on the disk', () => {
  test('fails no hook and changes nothing; when there is space again, what was asked for is there', async () => {
    const world = await aSettledWorld();
    const { container, juju } = world;
    const before = new Map(container.files);
    container.diskFull = true;
    world.space = { size, free: 0 };
    juju.options = { ...juju.options, log_level: 'debug' };
    await runHook(world, configChanged);
    expect(juju.unitStatus).toMatchObject({ status: 'blocked', message: expect.stringMatching(/^\[data\]/) });
    expect(container.files).toEqual(before);
    expect(world.log.join()).toContain('no space left on device');

    container.diskFull = false;
    world.space = { size, free: size };
    forget(world);
    await runHook(world, { kind: 'update-status' });
    expect(juju.unitStatus.status).toBe('active');
    expect([...container.files.values()].join()).toContain('log_level: debug');
  });
});

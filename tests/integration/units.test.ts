import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  beginUnitsStory,
  expectFlawless,
  refusals,
  unitNames,
  type UnitsStory,
} from '../support/load/units-story.ts';
import { mimirPid, unitStatus } from '../support/mimir-story.ts';
import { storeObstacle, storeReason } from '../support/object-store.ts';
import { eventually, root } from '../support/simulation.ts';

const all = unitNames(3);
const [zero = '', one = ''] = all;

/** What the README states: how long after the step queries may miss samples of before and during it. */
const shortReadsSeconds = 120;
/** How often Mimir brings the index of the bucket up to date. */
const cleanupSeconds = 30;

describe.skipIf(storeObstacle !== undefined)(`units under load${storeReason}`, () => {
  let story: UnitsStory;
  const scale = async (units: number) => {
    await story.simulation.ask({ command: 'scale-application', application: 'mimir-k8s', units });
  };
  /** Waits for another Mimir of this unit, that is ready. */
  const untilRestarted = async (unit: string, act: () => Promise<unknown>) => {
    const before = await mimirPid(story.simulation, unit);
    await act();
    await eventually('another Mimir', async () => {
      const pid = await mimirPid(story.simulation, unit);
      return pid === undefined || pid === before ? undefined : pid;
    });
    await eventually('its readiness', async () =>
      (await story.simulation.direct(unit)('/ready')).status === 200 ? true : undefined,
    );
  };
  beforeAll(async () => {
    story = await beginUnitsStory({ units: 1 });
  });
  afterAll(() => story.simulation.close());

  test('that become three lose nothing; queries are whole again within the stated time', async () => {
    await sleep(3000);
    await scale(3);
    await story.active(all);
    const seconds = await story.untilWhole(all, shortReadsSeconds);
    console.log(
      `from one unit to three: queries were whole ${seconds.toFixed(0)} s after all units were active`,
    );
  });

  test.each(all)(
    'of which the Mimir of %s is killed lose nothing, and no query fails on the others',
    async (unit) => {
      const others = all.filter((name) => name !== unit);
      const report = await story.during(others, async () => {
        const target = { kind: 'process', container: 'mimir', name: 'mimir' } as const;
        await untilRestarted(unit, () => story.simulation.ask({ command: 'kill', unit, target }));
        await sleep(2000);
      });
      expectFlawless(report, others);
      expect(await story.lost(all)).toEqual([]);
    },
  );

  test.each(all)(
    'of which the pod of %s is lost lose nothing, and it is back with another address',
    async (unit) => {
      const others = all.filter((name) => name !== unit);
      const report = await story.during(others, async () => {
        await story.simulation.ask({ command: 'kill', unit, target: { kind: 'pod' } });
        await story.simulation.settle();
        await story.active(all);
      });
      expectFlawless(report, others);
      expect(await story.lost(all)).toEqual([]);
    },
  );

  test('take a change that needs a restart one at a time, without losing anything', async () => {
    const pids = await Promise.all(all.map((unit) => mimirPid(story.simulation, unit)));
    const report = await story.during(all, async () => {
      const set = { log_level: 'warn' };
      await story.simulation.ask({ command: 'config', application: 'mimir-k8s', set, reset: [] });
      await story.simulation.settle();
      await story.active(all);
    });
    expect([refusals(report), report.short]).toEqual([[], []]);
    const now = await Promise.all(all.map((unit) => mimirPid(story.simulation, unit)));
    expect(now.filter((pid, index) => pid === pids[index])).toEqual([]);
    expect(await story.lost(all)).toEqual([]);
  });

  test('are refreshed one after the other, without losing anything', async () => {
    const report = await story.during(all, async () => {
      const charm = join(root, 'build/charm');
      await story.simulation.ask({ command: 'refresh', application: 'mimir-k8s', charm, resources: {} });
      await story.simulation.settle();
      await story.active(all);
    });
    expect([refusals(report), report.short]).toEqual([[], []]);
    expect(await story.lost(all)).toEqual([]);
  });

  test('that become two and one lose nothing', async () => {
    const report = await story.during([zero, one], async () => {
      await scale(2);
      await story.simulation.settle();
      await story.active([zero, one]);
    });
    expectFlawless(report, [zero, one]);
    expect(await story.lost([zero, one])).toEqual([]);
  });

  test('that become one lose nothing, and the one answers but for the moment of its restart', async () => {
    // What only those that left first had is in the index of the bucket by then.
    await sleep(cleanupSeconds * 1000 + 5000);
    const report = await story.during([zero], () => untilRestarted(zero, () => scale(1)));
    expect(report.short).toEqual([]);
    // It never found itself without those that it needed as one of several.
    expect(report.failures.filter(({ text }) => text.includes('too many unhealthy'))).toEqual([]);
    const after = await story.during([zero], async () => {
      await story.simulation.settle();
      await story.active([zero]);
    });
    expectFlawless(after, [zero]);
    expect(await unitStatus(story.simulation, one)).toBe('no such unit');
    expect(await story.untilWhole([zero], 5)).toBe(0);
  });
});

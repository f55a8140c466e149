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
const [zero = '', one = '', two = ''] = all;

/** What the README states: how long after the step queries may miss samples of before and during it. */
const shortReadsSeconds = 120;

describe.skipIf(storeObstacle !== undefined)(`units under load${storeReason}`, () => {
  let story: UnitsStory;
  const scale = async (units: number) => {
    await story.simulation.ask({ command: 'scale-application', application: 'mimir-k8s', units });
  };
  beforeAll(async () => {
    story = await beginUnitsStory(1);
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
      const before = await mimirPid(story.simulation, unit);
      const report = await story.during(others, async () => {
        const target = { kind: 'process', container: 'mimir', name: 'mimir' } as const;
        await story.simulation.ask({ command: 'kill', unit, target });
        await eventually('another Mimir', async () => {
          const pid = await mimirPid(story.simulation, unit);
          return pid === undefined || pid === before ? undefined : pid;
        });
        await eventually('its readiness', async () =>
          (await story.simulation.direct(unit)('/ready')).status === 200 ? true : undefined,
        );
        await sleep(2000);
      });
      expectFlawless(report, others);
      expect(await story.lost(all)).toEqual([]);
    },
  );

  test('of which one pod is lost lose nothing, and it is back with another address', async () => {
    const others = [zero, two];
    const report = await story.during(others, async () => {
      await story.simulation.ask({ command: 'kill', unit: one, target: { kind: 'pod' } });
      await story.simulation.settle();
      await story.active(all);
    });
    expectFlawless(report, others);
    expect(await story.lost(all)).toEqual([]);
  });

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
    await scale(1);
    await eventually('the last unit alone', async () => {
      const { status, text } = await story.simulation.direct(zero)('/config', { timeoutMs: 1000 });
      return status === 200 && !text.includes('replication_factor: 3') ? true : undefined;
    });
    await story.simulation.settle();
    await story.active([zero]);
    expect(await unitStatus(story.simulation, one)).toBe('no such unit');
    expect(await story.untilWhole([zero], 5)).toBe(0);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildObstacle, findBinary } from '../../scripts/binaries.ts';
import {
  beginUnitsStory,
  blocksIn,
  expectFlawless,
  refusals,
  unitNames,
  type UnitsStory,
} from '../support/load/units-story.ts';
import { runAction, statusOf, unitStatus } from '../support/mimir-story.ts';
import { eventually } from '../support/simulation.ts';

const obstacle = findBinary('minio') === undefined ? buildObstacle() : undefined;
const why = obstacle === undefined ? '' : ` (${obstacle})`;
const [zero = '', one = '', two = ''] = unitNames(3);
const all = [zero, one, two];
const store = 's3-integrator/0';

describe.skipIf(obstacle !== undefined)(`three units that start together${why}`, () => {
  let story: UnitsStory;
  beforeAll(async () => {
    story = await beginUnitsStory(3);
  });
  afterAll(() => story.simulation.close());

  test('of which two are cut off say so on the third, and have everything when they are back', async () => {
    for (const unit of [one, two]) await story.simulation.ask({ command: 'cut-network', unit });
    const failed = Date.now();
    await statusOf(story.simulation, zero, /^waiting: \[units\] Too few units serve/);
    // Its check asks every 5 s, waits 4 s for an answer, and fails the second time.
    expect(Date.now() - failed).toBeLessThan(25_000);
    for (const unit of [one, two]) await story.simulation.ask({ command: 'mend-network', unit });
    await story.active(all);
    await eventually('what was acknowledged', async () =>
      (await story.lost(all)).length === 0 ? true : undefined,
    );
  });

  test('whose store is away for two minutes go on, and bring everything into it afterwards', async () => {
    const before = await blocksIn(story.simulation);
    const report = await story.during(all, async () => {
      await runAction(story.simulation, store, { action: 'stop-store' });
      await sleep(120_000);
      await runAction(story.simulation, store, { action: 'start-store' });
    });
    expectFlawless(report, all);
    for (const unit of all) {
      const flush = await story.simulation.direct(unit)('/ingester/flush?wait=true', { method: 'POST' });
      expect(flush.status).toBe(204);
    }
    expect(await blocksIn(story.simulation)).toBeGreaterThan(before);
    expect(await story.lost(all)).toEqual([]);
  });

  test('take new keys one at a time, without losing anything', async () => {
    const report = await story.during(all, async () => {
      await runAction(story.simulation, store, { action: 'rotate-credentials' });
      await story.simulation.settle();
      await story.active(all);
    });
    expect([refusals(report), report.short]).toEqual([[], []]);
    expect(await story.lost(all)).toEqual([]);
    expect(await unitStatus(story.simulation, zero)).toBe('active');
  });
});

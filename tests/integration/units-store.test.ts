import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDisk, fillDisk } from '../support/load/disk.ts';
import {
  beginUnitsStory,
  blocksIn,
  expectFlawless,
  refusals,
  unitNames,
  type UnitsStory,
} from '../support/load/units-story.ts';
import { runAction, statusOf, unitStatus } from '../support/mimir-story.ts';
import { storeObstacle, storeReason } from '../support/object-store.ts';
import { eventually } from '../support/simulation.ts';

const all = unitNames(3);
const [zero = '', one = '', two = ''] = all;
const store = 's3-integrator/0';

/** When the oldest block was made that a unit has not shipped, in seconds since 1970; 0 if it has shipped all. */
async function oldestUnshipped({ simulation }: UnitsStory, unit: string): Promise<number> {
  const { text } = await simulation.direct(unit)('/metrics');
  return Number(/^cortex_ingester_oldest_unshipped_block_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
}

const tooFew = /^waiting: \[units\] Too few units serve/;
/** The check asks every 5 s, waits 4 s for an answer, and fails the second time; Juju has to hear of it, too. */
const oneCheckMs = 25_000;

describe.skipIf(storeObstacle !== undefined)(`three units that start together${storeReason}`, () => {
  let story: UnitsStory;
  const everythingIsBack = async () => {
    await story.active(all);
    await eventually('what was acknowledged', async () =>
      (await story.lost(all)).length === 0 ? true : undefined,
    );
  };
  beforeAll(async () => {
    story = await beginUnitsStory({ units: 3, storage: '1G' });
  });
  afterAll(() => story.simulation.close());

  test('of which two are dead say so on the third, and have everything when they are back', async () => {
    const target = { kind: 'node', awayMs: 40_000 } as const;
    await Promise.all([one, two].map((unit) => story.simulation.ask({ command: 'kill', unit, target })));
    const failed = Date.now();
    await statusOf(story.simulation, zero, tooFew);
    expect(Date.now() - failed).toBeLessThan(oneCheckMs);
    await everythingIsBack();
  });

  test('of which two are cut off say so on the third, and have everything when they are back', async () => {
    for (const unit of [one, two]) await story.simulation.ask({ command: 'cut-network', unit });
    const failed = Date.now();
    await statusOf(story.simulation, zero, tooFew);
    expect(Date.now() - failed).toBeLessThan(oneCheckMs);
    for (const unit of [one, two]) await story.simulation.ask({ command: 'mend-network', unit });
    await everythingIsBack();
  });

  test('of which one has a full disk go on, the status says it, and it has everything when there is space', async () => {
    const report = await story.during([zero, two], async () => {
      await fillDisk(story.simulation, one);
      await sleep(5000);
      await story.simulation.ask({ command: 'fire', unit: one, hook: 'update-status' });
      await statusOf(story.simulation, one, /^blocked: \[data\] The disk is full/);
    });
    expectFlawless(report, [zero, two]);
    await emptyDisk(story.simulation, one);
    await story.simulation.settle();
    await story.simulation.ask({ command: 'fire', unit: one, hook: 'update-status' });
    await everythingIsBack();
  });

  test('whose store is away for two minutes go on, and bring everything into it afterwards', async () => {
    const before = await blocksIn(story.simulation);
    const report = await story.during(all, async () => {
      await runAction(story.simulation, store, { action: 'stop-store' });
      await sleep(120_000);
      await runAction(story.simulation, store, { action: 'start-store' });
    });
    expectFlawless(report, all);
    await eventually('all blocks in the bucket', async () => {
      await Promise.all(
        all.map((unit) => story.simulation.direct(unit)('/ingester/flush?wait=true', { method: 'POST' })),
      );
      const unshipped = await Promise.all(all.map((unit) => oldestUnshipped(story, unit)));
      return unshipped.every((seconds) => seconds === 0) ? true : undefined;
    });
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

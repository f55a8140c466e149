import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answer,
  type CertifiedUnits,
  hear,
  inClear,
  lead,
  nameOf,
  relate,
  renew,
  revoke,
  rotate,
  scaleTo,
  settle,
  speech,
  unitsInClear,
  unrelate,
  urlOf,
} from '../support/certified-units.ts';

/** Something that happens, to that unit if it is there. */
interface Happening {
  readonly kind: keyof typeof happenings;
  readonly ordinal: number;
}

type Happens = (world: CertifiedUnits, ordinal: number) => unknown;

const onUnit =
  (act: (world: CertifiedUnits, unit: string) => unknown): Happens =>
  (world, ordinal) => {
    const names = [...world.units.snapshots.keys()];
    return act(world, names[ordinal % names.length] ?? '');
  };

const happenings = {
  event: onUnit(hear),
  answer: onUnit(answer),
  renew: onUnit(renew),
  revoke: onUnit(revoke),
  rotate,
  relate: (world) => {
    if (world.relationId === undefined) relate(world);
  },
  unrelate,
  lead: onUnit(lead),
  // Between two and four, so that the number of copies of a series stays as it is, for which units restart as well.
  scale: (world, ordinal) => {
    scaleTo(world, 2 + (ordinal % 3));
  },
} satisfies Readonly<Record<string, Happens>>;

/** What happens most is that some unit has an event. */
const often = ['event', 'event', 'event', 'event', 'answer', 'answer', 'relate'] as const;
const story: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...often, 'renew', 'revoke', 'rotate', 'unrelate', 'lead', 'scale'),
    ordinal: fc.nat(11),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);

describe('whatever happens to units and their certificates, in whatever order', () => {
  test('all speak alike in the end, tell one URL, and have not restarted twice for the same', async () => {
    const property = fc.asyncProperty(story, async (happened) => {
      const world = await unitsInClear(3);
      for (const { kind, ordinal } of happened) await happenings[kind](world, ordinal);
      await settle(world, { answering: true });
      const units = [...world.units.snapshots.keys()];
      const expected = world.relationId === undefined ? inClear : nameOf(world.authority);
      expect(speech(world)).toEqual(units.map(() => expected));
      for (const unit of units) {
        expect(urlOf(world, unit)).toContain(expected === inClear ? 'http://' : 'https://');
        const started = world.started.get(unit) ?? [];
        expect(started.filter((shown, index) => shown === started[index - 1])).toEqual([]);
      }
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test('those that run speak alike all the time, if all hear of one thing before the next', async () => {
    const property = fc.asyncProperty(story, async (happened) => {
      const world = await unitsInClear(3);
      for (const { kind, ordinal } of happened) {
        await happenings[kind](world, ordinal);
        await settle(world);
        const [first] = speech(world);
        expect(speech(world).filter((each) => each !== first)).toEqual([]);
        const urls = [...world.units.snapshots.keys()].map((unit) => urlOf(world, unit));
        expect(new Set(urls).size).toBe(1);
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });
});

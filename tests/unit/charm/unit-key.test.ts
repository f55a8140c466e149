import { describe, expect, test } from 'vitest';
import { observeExpiry } from '../../../src/charm/unit-key.ts';
import type { Event, HookTools } from '../../../src/juju/index.ts';

/** A Juju whose secret of the unit has had so many revisions; undefined for one that has none. */
function aJuju(revision: number | undefined): Pick<HookTools, 'secretInfo'> {
  const [id, rest] = [
    'secret:9m4e2mr0ui3e8a215n4g',
    { owner: 'unit', rotation: 'never', access: [] },
  ] as const;
  const unset = { label: 'unit-key', description: undefined, expiresAt: undefined, rotatesAt: undefined };
  return {
    secretInfo: () =>
      Promise.resolve(revision === undefined ? undefined : { id, revision, ...rest, ...unset }),
  };
}

const expired = { kind: 'secret-expired', id: 'secret:x', label: 'unit-key', revision: 2 } as const;

describe('a request is due', () => {
  test('when its revision is the latest and has expired', async () => {
    expect(await observeExpiry(aJuju(2), expired)).toBe(true);
  });

  test('no more when there is a newer one', async () => {
    expect(await observeExpiry(aJuju(3), expired)).toBe(false);
  });

  test('never when there is none', async () => {
    expect(await observeExpiry(aJuju(undefined), expired)).toBe(false);
  });

  const others: readonly Event[] = [
    { kind: 'update-status' },
    { ...expired, kind: 'secret-remove' },
    { ...expired, label: 'other' },
  ];
  test.each(others)(
    'not by an event that says something else, and Juju is asked nothing: %j',
    async (event) => {
      const secretInfo = () => Promise.reject(new Error('asked'));
      expect(await observeExpiry({ secretInfo }, event)).toBe(false);
    },
  );
});

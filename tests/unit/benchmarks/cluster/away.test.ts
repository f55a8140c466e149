import { describe, expect, test } from 'vitest';
import { failuresOf, timeAway, type Probe } from '../../../../benchmarks/cluster/away.ts';

/** Requests of 10 ms each, one every 100 ms: `.` is answered, `x` is not. */
function probes(pattern: string): readonly Probe[] {
  return pattern.split('').map((sign, index) => ({
    at: index * 100,
    until: index * 100 + 10,
    ...(sign === 'x' ? { error: `refused ${index}` } : {}),
  }));
}

describe('the time away', () => {
  test.each([
    ['of something that always answers is none', '.....', 0],
    ['is that from the last answer to the next one', '..xx..', 300],
    ['is the sum, when something is away twice', '.x..xx.', 200 + 300],
    ['begins with the first request, if that is not answered', 'xx..', 210],
    ['lasts until the last request, if that is not answered', '..xx', 200],
    ['of what never answers is all the time', 'xxx', 210],
  ])('%s', (_, pattern, expected) => {
    expect(timeAway(probes(pattern))).toBe(expected);
  });

  test('of what was not asked is none', () => {
    expect(timeAway([])).toBe(0);
  });

  test('holds what it took until a request failed', () => {
    const slow = [
      { at: 0, until: 10 },
      { at: 100, until: 1100, error: 'timeout' },
      { at: 1100, until: 1110 },
    ];
    expect(timeAway(slow)).toBe(1100);
  });
});

test('failures are told by their words', () => {
  expect(failuresOf(probes('.x.x'))).toEqual(['refused 1', 'refused 3']);
});

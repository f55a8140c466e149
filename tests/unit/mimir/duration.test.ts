import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/mimir/duration.ts';

test.each([
  ['0', 0],
  ['0s', 0],
  ['1500ms', 1500],
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['1d12h', 129_600_000],
  ['1w', 604_800_000],
  ['1y', 31_536_000_000],
])('%s is %i ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '1', 'h', '30m1h', '-1h', '1h ', '1 h', '1x', '1hh'])('"%s" is not a duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, '0s'],
  [86_400_000, '24h'],
  [5_400_000, '1h30m'],
  [1500, '1s500ms'],
])('%i ms are rendered as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test('a duration is parsed as it was rendered', () => {
  fc.assert(
    fc.property(fc.nat(), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
    }),
  );
});

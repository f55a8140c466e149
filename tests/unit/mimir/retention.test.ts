import { expect, test } from 'vitest';
import { parseRetention } from '../../../src/mimir/retention.ts';

test.each([
  ['24h', 86_400_000],
  ['1d', 86_400_000],
  ['1h90m', 9_000_000],
  ['150m', 9_000_000],
  [' 13h0m0s ', 46_800_000],
])('%s is taken', (text, milliseconds) => {
  expect(parseRetention(text)).toEqual({ milliseconds });
});

test.each(['2h', '90m', '0', '7200s'])('%s is refused, since a block spans two hours', (text) => {
  expect(parseRetention(text)).toEqual({
    problem: `"${text}" is too short, a block spans 2h; set more than 2h, such as 24h`,
  });
});

test.each(['', '24', 'forever', '-24h', '1d 2h'])('"%s" is refused with an example', (text) => {
  expect(parseRetention(text)).toEqual({
    problem: `"${text}" is not a duration; write a number and a unit, such as 24h or 7d`,
  });
});

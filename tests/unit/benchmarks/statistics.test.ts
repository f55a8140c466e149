import { describe, expect, test } from 'vitest';
import { median, pairedRatio, spread } from '../../../benchmarks/statistics.ts';

describe('a median', () => {
  test.each([
    [[7], 7],
    [[30, 10, 2], 10],
    [[4, 1, 3, 100], 3.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test('of nothing is refused', () => {
    expect(() => median([])).toThrow('cannot take a median: there are no values');
  });

  test('leaves the order of its values alone', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

test('a spread goes from the least to the greatest value', () => {
  expect(spread([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
});

describe('a paired ratio', () => {
  test('is that of each round, so a slow round does not show', () => {
    expect(pairedRatio([20, 200, 20], [10, 100, 10])).toBe(2);
  });

  test('of a base with itself is 1', () => {
    expect(pairedRatio([3, 5], [3, 5])).toBe(1);
  });

  test('needs as many values as the base has', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow('cannot pair 2 values with 1');
  });
});

/** The middle of some measurements, and how far they go. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle value, or the mean of the two in the middle. Throws without any. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const [lower, upper] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  if (lower === undefined || upper === undefined)
    throw new Error('cannot take a median: there are no values');
  return (lower + upper) / 2;
}

/** Median, least and greatest of some values. Throws without any. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * How many times as much as a base the values are: the median of the ratios within each round. What slows a whole
 * round down, such as a busy machine, falls out of a ratio and would not fall out of two medians.
 */
export function pairedRatio(values: readonly number[], base: readonly number[]): number {
  if (values.length !== base.length) {
    throw new Error(
      `cannot pair ${values.length} values with ${base.length}: one of each is needed in a round`,
    );
  }
  return median(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

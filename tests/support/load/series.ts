import type { AcknowledgedGroup } from '../../../src/simulator/stand-ins/remote-write-sender/workload/acknowledged.ts';

/** Samples by series, each series' by their time in milliseconds; a series' name is {@link seriesName}. */
export type SamplesBySeries = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** One sample, and the labels of its series with `__name__`. */
export interface LabelledSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamp: number;
  readonly value: number;
}

/** A series as PromQL names it, its labels in order. */
export function seriesName({ __name__: metric = '', ...labels }: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .sort();
  return `${metric}{${matchers.join(', ')}}`;
}

/** Every acknowledged sample of these groups; labels `without` are those that Mimir takes away, such as a replica's. */
export function* acknowledgedSamples(
  groups: readonly AcknowledgedGroup[],
  without: readonly string[] = [],
): Generator<LabelledSample> {
  for (const { labels, runs } of groups) {
    const kept = Object.fromEntries(Object.entries(labels).filter(([name]) => !without.includes(name)));
    for (const { metric, timestamp, value, series } of runs) {
      const named = { ...kept, __name__: metric };
      if (series === undefined) yield { labels: named, timestamp, value };
      for (let number = series?.[0] ?? 0; number <= (series?.[1] ?? -1); number++)
        yield { labels: { ...named, series: number.toString() }, timestamp, value };
    }
  }
}

/** Puts samples in order. */
export function bySeries(samples: Iterable<LabelledSample>): SamplesBySeries {
  const found = new Map<string, Map<number, number>>();
  for (const { labels, timestamp, value } of samples) {
    const name = seriesName(labels);
    const series = found.get(name) ?? new Map<number, number>();
    found.set(name, series.set(timestamp, value));
  }
  return found;
}

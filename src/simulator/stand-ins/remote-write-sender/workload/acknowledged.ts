import { z } from 'zod';
import type { TimeSeries } from '../../../remote-write/encode.ts';

const labels = z.record(z.string(), z.string());

const run = z.object({
  metric: z.string(),
  /** Milliseconds since the epoch. */
  timestamp: z.number(),
  value: z.number(),
  /** Numbers of the first and the last counter; absent of a sample by hand. */
  series: z.tuple([z.int(), z.int()]).optional(),
});

/** Acknowledged samples of series that have these labels beside `__name__` and `series`, in the order of acknowledgement. */
export const acknowledgedGroup = z.object({ labels, runs: z.array(run) });

/** Samples that differ only in the number of their counter, as those of one tick do. */
export type AcknowledgedRun = Readonly<z.infer<typeof run>>;

/** See {@link acknowledgedGroup}. */
export interface AcknowledgedGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly runs: readonly AcknowledgedRun[];
}

/** Every sample that a URL acknowledged, in little room: one run for a tick. */
export interface AcknowledgedLog {
  note(batch: readonly TimeSeries[]): void;
  groups(): readonly AcknowledgedGroup[];
}

/** Makes an empty log. */
export function createAcknowledgedLog(): AcknowledgedLog {
  const groups = new Map<
    string,
    { readonly labels: Record<string, string>; readonly runs: AcknowledgedRun[] }
  >();
  const groupOf = (shared: Record<string, string>) => {
    const key = JSON.stringify(Object.entries(shared).sort());
    const known = groups.get(key) ?? { labels: shared, runs: [] };
    groups.set(key, known);
    return known;
  };
  return {
    note: (batch) => {
      for (const { labels: all, samples } of batch) {
        const { __name__: metric = '', series, ...shared } = all;
        const { runs } = groupOf(shared);
        for (const { timestamp, value } of samples) {
          append(runs, { metric, timestamp, value, ...(series !== undefined && { number: Number(series) }) });
        }
      }
    },
    groups: () => [...groups.values()],
  };
}

/** Extends the last run by a sample of the next counter, or begins another. */
function append(
  runs: AcknowledgedRun[],
  { number, ...sample }: Omit<AcknowledgedRun, 'series'> & { readonly number?: number },
): void {
  const last = runs.at(-1);
  if (number === undefined) {
    runs.push(sample);
    return;
  }
  const { metric, timestamp, value } = sample;
  const follows =
    last?.metric === metric &&
    last.timestamp === timestamp &&
    Object.is(last.value, value) &&
    last.series?.[1] === number - 1;
  if (follows) runs[runs.length - 1] = { ...last, series: [last.series[0], number] };
  else runs.push({ ...sample, series: [number, number] });
}

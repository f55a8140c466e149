import { z } from 'zod';
import type { AcknowledgedGroup } from '../../../src/simulator/stand-ins/remote-write-sender/workload/acknowledged.ts';
import type { Ask } from '../http.ts';
import {
  acknowledgedSamples,
  bySeries,
  seriesName,
  type LabelledSample,
  type SamplesBySeries,
} from './series.ts';

/** What differs between what was acknowledged and what is stored, as sentences. */
export interface Differences {
  /** Acknowledged samples that are not there, or have another value. */
  readonly lost: readonly string[];
  /** Samples that are there and were not acknowledged. */
  readonly surplus: readonly string[];
}

const rawSamples = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/**
 * Compares every acknowledged sample with what a Mimir answers, which `mimir` asks. Surplus are only samples of the
 * metrics and labels of `groups`. Labels `without` are those that Mimir takes away, such as a replica's.
 */
export async function compareStored(
  mimir: Ask,
  groups: readonly AcknowledgedGroup[],
  without: readonly string[] = [],
): Promise<Differences> {
  const acknowledged = [...acknowledgedSamples(groups, without)];
  const from = acknowledged.reduce((first, { timestamp }) => Math.min(first, timestamp), Infinity);
  const until = acknowledged.reduce((last, { timestamp }) => Math.max(last, timestamp), 0);
  const stored: LabelledSample[] = [];
  for (const selector of selectorsOf(acknowledged))
    stored.push(...(await readRaw(mimir, selector, { from, until })));
  return differences(bySeries(acknowledged), bySeries(stored));
}

/** What differs between two sets of samples. */
export function differences(acknowledged: SamplesBySeries, stored: SamplesBySeries): Differences {
  const lost: string[] = [];
  const surplus: string[] = [];
  for (const { series, timestamp, value } of each(acknowledged)) {
    const found = stored.get(series)?.get(timestamp);
    if (found === undefined) lost.push(`${series} at ${moment(timestamp)}: acknowledged ${value}, not found`);
    else if (!Object.is(found, value))
      lost.push(`${series} at ${moment(timestamp)}: acknowledged ${value}, found ${found}`);
  }
  for (const { series, timestamp, value } of each(stored)) {
    if (acknowledged.get(series)?.has(timestamp) === true) continue;
    surplus.push(`${series} at ${moment(timestamp)}: found ${value}, not acknowledged`);
  }
  return { lost, surplus };
}

/** A selector for each metric and its labels; the numbers of counters are left out, so it takes all of a unit's. */
function selectorsOf(samples: readonly LabelledSample[]): ReadonlySet<string> {
  return new Set(samples.map(({ labels }) => seriesName({ ...labels, series: '' })));
}

async function readRaw(
  mimir: Ask,
  selector: string,
  { from, until }: { from: number; until: number },
): Promise<LabelledSample[]> {
  // A range selector leaves its first moment out, so it begins a second earlier.
  const range = Math.ceil((until - from) / 1000) + 1;
  const parameters = new URLSearchParams({
    query: `${selector}[${range}s]`,
    time: (until / 1000).toFixed(3),
  });
  const { status, text } = await mimir(`/prometheus/api/v1/query?${parameters.toString()}`, {
    timeoutMs: 60_000,
  });
  if (status !== 200)
    throw new Error(`cannot read the samples of ${selector}: ${status} ${text.slice(0, 500)}`);
  const { data } = rawSamples.parse(JSON.parse(text));
  return data.result.flatMap(({ metric: labels, values }) =>
    values.map(([seconds, value]) => ({
      labels,
      timestamp: Math.round(seconds * 1000),
      value: Number(value),
    })),
  );
}

function* each(samples: SamplesBySeries) {
  for (const [series, points] of samples)
    for (const [timestamp, value] of points) yield { series, timestamp, value };
}

function moment(timestamp: number): string {
  return new Date(timestamp).toISOString();
}

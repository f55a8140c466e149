import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Ask } from '../http.ts';

/** Something that a unit answered and should not have. */
export interface Finding {
  readonly unit: string;
  /** Time of the query, RFC 3339. */
  readonly time: string;
  readonly text: string;
}

/** What was seen while the prober ran. */
export interface ProbeReport {
  /** Queries that were answered, right or wrong, by unit. */
  readonly queries: Readonly<Record<string, number>>;
  /** Queries that failed or were not answered in time. */
  readonly failures: readonly Finding[];
  /** Answers with fewer samples than had been acknowledged before they were asked. */
  readonly short: readonly Finding[];
}

/** Asks units again and again, each on its own. */
export interface Prober {
  /** What was seen so far; asking goes on. */
  report(): ProbeReport;
  /** Stops asking; resolves when the last answers are there. */
  stop(): Promise<ProbeReport>;
}

/** What a prober asks. */
export interface ProberOptions {
  /** How each unit is asked, by its name. */
  readonly units: Readonly<Record<string, Ask>>;
  /** PromQL whose one value is the number of samples that are stored: it should reach ingesters and long-term storage. */
  readonly query: string;
  /** How many samples that the query counts were acknowledged by now. */
  readonly acknowledged: () => Promise<number>;
  readonly periodMs?: number;
  readonly timeoutMs?: number;
}

const vector = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** Starts a prober: it asks every unit each 200 ms, or as soon as the unit's last query has ended. */
export function startProber(options: ProberOptions): Prober {
  const { periodMs = 200 } = options;
  const stopping = new AbortController();
  const [failures, short]: [Finding[], Finding[]] = [[], []];
  const queries: Record<string, number> = {};
  const mark = { samples: 0 };
  const report = () => ({ queries: { ...queries }, failures: [...failures], short: [...short] });
  const probeOnce = async (unit: string, ask: Ask) => {
    const expected = mark.samples;
    const time = new Date().toISOString();
    const answer = await count(ask, options);
    queries[unit] = (queries[unit] ?? 0) + 1;
    if (typeof answer === 'string') failures.push({ unit, time, text: answer });
    else if (answer < expected) {
      short.push({ unit, time, text: `${answer} samples, of ${expected} that were acknowledged before` });
    }
  };
  const loops = [
    repeat(stopping.signal, periodMs, async () => {
      mark.samples = await options.acknowledged();
    }),
    ...Object.entries(options.units).map(([unit, ask]) =>
      repeat(stopping.signal, periodMs, () => probeOnce(unit, ask)),
    ),
  ];
  const ended = Promise.all(loops);
  // What went wrong with the asking itself is told by `stop`.
  ended.catch(() => undefined);
  return {
    report,
    stop: async () => {
      stopping.abort();
      await ended;
      return report();
    },
  };
}

/** Acts once a period until it is told to stop, and never twice at the same time. */
async function repeat(signal: AbortSignal, periodMs: number, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const next = sleep(periodMs, undefined, { signal }).catch(() => undefined);
    await act();
    await next;
  }
}

/** Number of samples that a unit counts, or why it did not say. */
async function count(ask: Ask, { query, timeoutMs = 10_000 }: ProberOptions): Promise<number | string> {
  const path = `/prometheus/api/v1/query?query=${encodeURIComponent(query)}`;
  const { status, text } = await ask(path, { timeoutMs });
  if (status !== 200) return `${status} ${text.slice(0, 500)}`;
  const { data } = vector.parse(JSON.parse(text));
  // No series at all is an answer too.
  return Number(data.result[0]?.value[1] ?? 0);
}

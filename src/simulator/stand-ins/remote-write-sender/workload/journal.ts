import type { TimeSeries } from '../../../remote-write/encode.ts';

/** What is known of one series at one URL; times in milliseconds since the epoch. */
export interface SeriesRecord {
  readonly count: number;
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
  readonly lastValue: number;
}

/** Counts of samples, save `requests` and `retries`. */
export interface DeliveryCounts {
  acknowledged: number;
  /** Taken by the receiver and not kept, since another replica's are. */
  deduplicated: number;
  pending: number;
  dropped: number;
  /** Requests that were answered, whatever the answer. */
  requests: number;
  /** Requests that were sent again. */
  retries: number;
}

/** The journal of one URL. */
export interface UrlJournal extends DeliveryCounts {
  /** Why a request was last refused or could not be made; absent after an acknowledgement. */
  lastError?: string;
  readonly series: Record<string, SeriesRecord>;
}

/** The journal of all URLs, with its sums. */
export interface Journal extends DeliveryCounts {
  readonly urls: Readonly<Record<string, UrlJournal>>;
}

/** A journal with nothing in it. */
export function emptyJournal(): UrlJournal {
  return {
    ...{ acknowledged: 0, deduplicated: 0, pending: 0, dropped: 0, requests: 0, retries: 0 },
    series: {},
  };
}

/** Notes that a URL acknowledged these samples. */
export function noteAcknowledged(journal: UrlJournal, batch: readonly TimeSeries[]): void {
  for (const { labels, samples } of batch) {
    const key = seriesKey(labels);
    for (const { timestamp, value } of samples) {
      const before = journal.series[key];
      journal.series[key] = {
        count: (before?.count ?? 0) + 1,
        firstTimestamp: before?.firstTimestamp ?? timestamp,
        lastTimestamp: timestamp,
        lastValue: value,
      };
      journal.acknowledged += 1;
    }
  }
}

/** Sums the journals of all URLs. */
export function sumJournals(urls: Readonly<Record<string, UrlJournal>>): Journal {
  const journals = Object.values(urls);
  const sum = (of: keyof DeliveryCounts) => journals.reduce((total, journal) => total + journal[of], 0);
  return {
    acknowledged: sum('acknowledged'),
    deduplicated: sum('deduplicated'),
    pending: sum('pending'),
    dropped: sum('dropped'),
    requests: sum('requests'),
    retries: sum('retries'),
    urls,
  };
}

/** Number of samples in a batch. */
export function countSamples(batch: readonly TimeSeries[]): number {
  return batch.reduce((sum, { samples }) => sum + samples.length, 0);
}

/** A series' name in PromQL, without the labels that every series of the unit has. */
function seriesKey({ __name__: name = '', series }: Readonly<Record<string, string>>): string {
  return series === undefined ? name : `${name}{series="${series}"}`;
}

import type { TimeSeries } from '../../../remote-write/encode.ts';
import { createAcknowledgedLog, type AcknowledgedGroup, type AcknowledgedLog } from './acknowledged.ts';
import { createDelivery, type Delivery, type Outcome, type PostResult } from './delivery.ts';
import { emptyJournal, sumJournals, type Journal, type UrlJournal } from './journal.ts';
import type { WriteRequest } from './post.ts';

/** What a fan-out needs of the world. */
export interface FanOutOptions {
  readonly post: (request: WriteRequest) => Promise<PostResult>;
  readonly log: (line: string) => void;
}

/** Delivers every batch to every URL, each with a queue of its own. */
export interface FanOut {
  /** Takes the URLs to send to from now on; deliveries to URLs that left are closed, their journals stay. */
  retarget(urls: readonly string[]): void;
  /** Queues a batch for every URL; resolves when each accepted or refused it. */
  enqueue(batch: readonly TimeSeries[]): Promise<Record<string, Outcome>>;
  journal(): Journal;
  /** Every sample that each URL acknowledged. */
  acknowledged(): Readonly<Record<string, readonly AcknowledgedGroup[]>>;
}

/** Makes a fan-out to no URL. */
export function createFanOut({ post, log }: FanOutOptions): FanOut {
  const deliveries = new Map<string, Delivery>();
  const journals: Record<string, UrlJournal> = {};
  const logs: Record<string, AcknowledgedLog> = {};

  function open(url: string): void {
    const journal = (journals[url] ??= emptyJournal());
    const acknowledged = (logs[url] ??= createAcknowledgedLog());
    const send = (body: Uint8Array, attempt: number) => post({ url, body, attempt });
    deliveries.set(url, createDelivery({ post: send, journal, acknowledged }));
    log(`sends to ${url}`);
  }

  function close(url: string, delivery: Delivery): void {
    delivery.close();
    deliveries.delete(url);
    log(`sends no more to ${url}`);
  }

  return {
    retarget(urls) {
      for (const [url, delivery] of deliveries) if (!urls.includes(url)) close(url, delivery);
      for (const url of urls) if (!deliveries.has(url)) open(url);
    },
    async enqueue(batch) {
      const outcomes = [...deliveries].map(
        async ([url, delivery]) => [url, await delivery.enqueue(batch)] as const,
      );
      return Object.fromEntries(await Promise.all(outcomes));
    },
    journal: () => sumJournals(journals),
    acknowledged: () => Object.fromEntries(Object.entries(logs).map(([url, log]) => [url, log.groups()])),
  };
}

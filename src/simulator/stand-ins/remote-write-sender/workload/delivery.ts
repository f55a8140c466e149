import { setTimeout as sleep } from 'node:timers/promises';
import { encodeWriteRequest, type TimeSeries } from '../../../remote-write/encode.ts';
import { countSamples, noteAcknowledged, type UrlJournal } from './journal.ts';

/** What became of one request: accepted, worth sending again, or refused for good. */
export type PostResult =
  { readonly kind: 'acknowledged' } | { readonly kind: 'again' | 'refused'; readonly reason: string };

/** How a batch ended at one URL. */
export type Outcome = 'acknowledged' | 'dropped';

/** What a delivery needs of the world. */
export interface DeliveryOptions {
  /** Makes one request; never throws, since a lost connection is a result too. */
  readonly post: (body: Uint8Array) => Promise<PostResult>;
  /** Where the delivery counts; one that an earlier delivery to the same URL left is counted on. */
  readonly journal: UrlJournal;
  readonly minBackoffMs?: number;
  readonly maxBackoffMs?: number;
}

/** The queue of one URL: batches leave it in order, each sent until it is acknowledged or refused. */
export interface Delivery {
  /** Queues a batch; resolves when it left the queue. */
  enqueue(batch: readonly TimeSeries[]): Promise<Outcome>;
  /** Drops what is queued, as a sender does whose URL was taken away. */
  close(): void;
}

interface Entry {
  readonly batch: readonly TimeSeries[];
  readonly settle: (outcome: Outcome) => void;
}

/** Makes an empty queue. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { journal } = options;
  const queue: Entry[] = [];
  const closing = new AbortController();
  let working = false;

  function finish({ batch, settle }: Entry, outcome: Outcome): void {
    const samples = countSamples(batch);
    journal.pending -= samples;
    if (outcome === 'acknowledged') noteAcknowledged(journal, batch);
    else journal.dropped += samples;
    settle(outcome);
  }

  async function work(): Promise<void> {
    for (let entry = queue[0]; entry !== undefined && !closing.signal.aborted; entry = queue[0]) {
      const outcome = await sendUntilFinal(encodeWriteRequest(entry.batch), options, closing.signal);
      queue.shift();
      finish(entry, outcome);
    }
    for (const entry of queue.splice(0)) finish(entry, 'dropped');
    working = false;
  }

  return {
    enqueue(batch) {
      journal.pending += countSamples(batch);
      return new Promise((settle) => {
        queue.push({ batch, settle });
        if (working) return;
        working = true;
        void work();
      });
    },
    close() {
      closing.abort();
    },
  };
}

/**
 * Sends one body until the answer is final, or the delivery is closed. Backoff doubles from 30 ms to 5 s
 * (Prometheus: queue_config min_backoff, max_backoff).
 */
async function sendUntilFinal(
  body: Uint8Array,
  options: DeliveryOptions,
  closed: AbortSignal,
): Promise<Outcome> {
  const { post, journal, minBackoffMs = 30, maxBackoffMs = 5_000 } = options;
  for (let backoff = minBackoffMs; ; backoff = Math.min(backoff * 2, maxBackoffMs)) {
    const result = await post(body);
    if (result.kind === 'acknowledged') return 'acknowledged';
    journal.lastError = result.reason;
    if (result.kind === 'refused') return 'dropped';
    await sleep(backoff, undefined, { signal: closed }).catch(() => undefined);
    if (closed.aborted) return 'dropped';
    journal.retries += 1;
  }
}

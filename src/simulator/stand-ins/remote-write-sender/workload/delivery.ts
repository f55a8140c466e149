import { setTimeout as sleep } from 'node:timers/promises';
import { encodeWriteRequest, type TimeSeries } from '../../../remote-write/encode.ts';
import type { AcknowledgedLog } from './acknowledged.ts';
import { countSamples, noteAcknowledged, type UrlJournal } from './journal.ts';

/**
 * What became of one request: accepted, accepted as another replica's double, refused for good, or worth sending again,
 * since the receiver said so or since no answer came.
 */
export type PostResult =
  | { readonly kind: 'acknowledged' | 'deduplicated' }
  | { readonly kind: 'refused' | 'lost'; readonly reason: string }
  /** `afterMs` is what the receiver asks to wait, 0 if it asks nothing. */
  | { readonly kind: 'again'; readonly reason: string; readonly afterMs: number };

/** How a batch ended at one URL. */
export type Outcome = 'acknowledged' | 'deduplicated' | 'dropped';

/** What a delivery needs of the world. */
export interface DeliveryOptions {
  /** Makes one request, sent so often before; never throws, since a lost connection is a result too. */
  readonly post: (body: Uint8Array, attempt: number) => Promise<PostResult>;
  /** Where the delivery counts; one that an earlier delivery to the same URL left is counted on. */
  readonly journal: UrlJournal;
  /** Where every acknowledged sample is noted. */
  readonly acknowledged: AcknowledgedLog;
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
  const { journal, acknowledged } = options;
  const queue: Entry[] = [];
  const closing = new AbortController();
  let working = false;

  function finish({ batch, settle }: Entry, outcome: Outcome): void {
    const samples = countSamples(batch);
    journal.pending -= samples;
    if (outcome === 'acknowledged') {
      noteAcknowledged(journal, batch);
      acknowledged.note(batch);
    } else journal[outcome] += samples;
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
 * Sends one body until the answer is final, or the delivery is closed. The wait doubles from 30 ms to 5 s, unless the
 * receiver asks for another (Prometheus: queue_config min_backoff, max_backoff; queue_manager.go
 * sendWriteRequestWithBackoff).
 */
async function sendUntilFinal(
  body: Uint8Array,
  options: DeliveryOptions,
  closed: AbortSignal,
): Promise<Outcome> {
  const { post, journal, minBackoffMs = 30, maxBackoffMs = 5_000 } = options;
  let backoff = minBackoffMs;
  for (let attempt = 0; ; attempt++) {
    const result = await post(body, attempt);
    if (result.kind !== 'lost') journal.requests += 1;
    if (!('reason' in result)) {
      delete journal.lastError;
      return result.kind;
    }
    journal.lastError = result.reason;
    if (result.kind === 'refused') return 'dropped';
    const wait = (result.kind === 'again' && result.afterMs) || backoff;
    await sleep(wait, undefined, { signal: closed }).catch(() => undefined);
    if (closed.aborted) return 'dropped';
    backoff = Math.min(wait * 2, maxBackoffMs);
    journal.retries += 1;
  }
}

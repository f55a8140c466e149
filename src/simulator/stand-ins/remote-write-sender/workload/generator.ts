import type { TimeSeries } from '../../../remote-write/encode.ts';
import type { SenderTargets } from '../targets.ts';
import type { AcknowledgedGroup } from './acknowledged.ts';
import type { Outcome } from './delivery.ts';
import type { FanOut } from './fan-out.ts';
import type { Journal } from './journal.ts';

/** One sample by hand, as it went out. */
export interface SentSample {
  readonly metric: string;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly labels: Readonly<Record<string, string>>;
  /** How each URL took it; empty if there is no URL. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

/** Makes counters, and samples by hand. */
export interface Generator {
  /** Takes new targets from now on; the counters go on from where they are. */
  retarget(targets: SenderTargets): void;
  /** Queues one sample of every counter for every URL, unless paused. */
  tick(): void;
  /** Sends one sample; resolves when every URL acknowledged or refused it. */
  send(value: number, metric?: string): Promise<SentSample>;
  pause(): void;
  resume(): void;
  journal(): Journal & { readonly paused: boolean };
  /** Every sample that each URL acknowledged. */
  acknowledged(): Readonly<Record<string, readonly AcknowledgedGroup[]>>;
}

/** Makes a generator; `now` gives milliseconds since the epoch. */
export function createGenerator(first: SenderTargets, fanOut: FanOut, now: () => number): Generator {
  let targets = first;
  let ticks = 0;
  let paused = false;
  fanOut.retarget(first.urls);

  function counters(): TimeSeries[] {
    const timestamp = now();
    const value = targets.seed + (targets.shared ? Math.floor(timestamp / targets.intervalMs) : ticks);
    const name = `${targets.metricPrefix}_counter_total`;
    return Array.from({ length: targets.series }, (_, index) => ({
      labels: { ...targets.labels, __name__: name, series: index.toString() },
      samples: [{ value, timestamp }],
    }));
  }

  return {
    retarget(next) {
      targets = next;
      fanOut.retarget(next.urls);
    },
    tick() {
      if (paused || targets.series === 0 || targets.urls.length === 0) return;
      void fanOut.enqueue(counters());
      ticks += 1;
    },
    async send(value, metric = `${targets.metricPrefix}_value`) {
      const sample = { value, timestamp: now() };
      const labels = { ...targets.labels, __name__: metric };
      return { metric, ...sample, labels, outcomes: await fanOut.enqueue([{ labels, samples: [sample] }]) };
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
    },
    journal: () => ({ paused, ...fanOut.journal() }),
    acknowledged: () => fanOut.acknowledged(),
  };
}

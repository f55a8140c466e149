import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startContainer, type ContainerPlan, type RunningContainer } from './container.ts';

/** A container that is started again whenever it ends, until it is told to stop. */
export interface SupervisedContainer {
  readonly plan: ContainerPlan;
  /** Settles when the container first runs; rejects if it could not be started, and then it is not tried again. */
  readonly started: Promise<void>;
  /** The container while it runs; undefined between its end and its next start. */
  running(): RunningContainer | undefined;
  /** Lets the container end for good; it does not end it. */
  stopRestarting(): void;
  /** Settles when the container has ended and will not start again. */
  readonly finished: Promise<void>;
}

/** What a container's supervisor tells of. */
export interface ContainerListener {
  onStarted(container: RunningContainer): void;
  onExited(): void;
}

/** Kubelet: `MaxContainerBackOff` and its base, in ms; forgotten after twice the maximum. */
const backOff = { base: 10_000, maximum: 300_000, forgottenAfter: 600_000 };

/** Wait before the n-th restart, counted from 1, in ms: none, then 10 s, doubled up to 5 min (Kubernetes: kubelet). */
export function restartDelay(restart: number): number {
  return restart <= 1 ? 0 : Math.min(backOff.base * 2 ** (restart - 2), backOff.maximum);
}

/** Starts a container and keeps it running; `speed` divides the waits. */
export function superviseContainer(
  plan: ContainerPlan,
  speed: number,
  listener: ContainerListener,
): SupervisedContainer {
  const stopping = new AbortController();
  const firstStart = startContainer(plan);
  let current: RunningContainer | undefined;

  const runToEnd = async (running: RunningContainer) => {
    current = running;
    listener.onStarted(running);
    // Told to stop while it was starting: nobody could signal it then.
    if (stopping.signal.aborted) running.signal('SIGKILL');
    await running.exited;
    current = undefined;
    listener.onExited();
  };
  const keepRunning = async () => {
    let restarts = 0;
    for (let start = firstStart; ; start = startContainer(plan)) {
      const began = Date.now();
      const running = await start.catch((error: unknown) => {
        // As with a container that ends at once, the next try comes after a longer wait; the log says why.
        appendFileSync(plan.log, `${String(error)}\n`);
      });
      if (running !== undefined) await runToEnd(running);
      else if (start === firstStart) return;
      restarts = Date.now() - began > backOff.forgottenAfter / speed ? 1 : restarts + 1;
      if (!(await paused(restartDelay(restarts) / speed, stopping.signal))) return;
    }
  };
  return {
    plan,
    started: firstStart.then(() => undefined),
    running: () => current,
    stopRestarting: () => {
      stopping.abort();
    },
    finished: keepRunning(),
  };
}

/** Waits; false if it was told to stop before or meanwhile. */
async function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  if (!signal.aborted) await delay(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

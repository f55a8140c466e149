import { setTimeout as sleep } from 'node:timers/promises';
import { JujuError } from '../model/errors.ts';
import { shownStatus } from '../model/statuses.ts';
import type { PebbleEvents } from './pebble-events.ts';
import type { Provisioner } from './provisioner.ts';
import type { UnitLoops } from './unit-loops.ts';
import type { UnitRuntime, World } from './world.ts';

/** The parts whose work is waited for. */
export interface Parts {
  readonly world: World;
  readonly loops: UnitLoops;
  readonly provisioner: Provisioner;
  readonly pebbles: PebbleEvents;
}

/**
 * Waits until nothing runs, is queued or waits for a retry, and a look at every container after that found nothing
 * new. Throws a `JujuError` that says what is still going on when the time, in ms, is over, or why a pod did not start.
 */
export async function waitIdle(parts: Parts, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isIdle(parts))) {
    checkPods(parts);
    if (Date.now() > end) throw new JujuError(`not idle after ${timeoutMs} ms: ${going(parts)}`);
    await sleep(20);
  }
  checkPods(parts);
}

/** Nobody starts a failed pod again but the administrator. */
function checkPods({ world }: Parts): void {
  const units = Object.values(world.model().units);
  const failed = units.find(({ name, life }) => life === 'alive' && world.runtime(name).pod === 'failed');
  if (failed !== undefined) throw new JujuError(`${failed.name}: ${failed.agentStatus.message}`);
}

async function isIdle(parts: Parts): Promise<boolean> {
  if (isWorking(parts)) return false;
  const before = parts.world.model();
  const answered = await parts.pebbles.lookNow();
  return answered && parts.world.model() === before && !isWorking(parts);
}

/**
 * A pod that is not ready is waited for this long, in ms, after the unit's last operation: it may be about to become
 * ready, which wakes its charm; or it may be none that can. The kubelet learns later than the charm that a check fails.
 */
const readinessPatience = 10_000;

function mayBecomeReady({ pod, ready, failedChecks, lastMove }: UnitRuntime): boolean {
  return pod === 'running' && (!ready || failedChecks.size > 0) && Date.now() - lastMove < readinessPatience;
}

function isWorking({ world, loops, provisioner }: Parts): boolean {
  const units = Object.values(world.model().units);
  return (
    provisioner.working() ||
    units.some(
      ({ name, life, agent }) =>
        life !== 'alive' ||
        agent.held !== undefined ||
        loops.working(name) ||
        mayBecomeReady(world.runtime(name)),
    )
  );
}

function going({ world, loops }: Parts): string {
  const units = Object.values(world.model().units).map((unit) => {
    const { current, message } = shownStatus(unit);
    const work = loops.working(unit.name) ? ', working' : '';
    return `${unit.name} (pod ${world.runtime(unit.name).pod}) is ${current} "${message}"${work}`;
  });
  return units.length === 0 ? 'Services are being changed' : units.join('; ');
}

import { retry } from '../model/lifecycle.ts';
import { nextOperation } from '../model/next-operation.ts';
import type { Unit } from '../model/records.ts';
import { runOperation } from './run-operation.ts';
import type { World } from './world.ts';

/** First retry delay of a failed hook and the longest, in ms (Juju: retrystrategy.go; doubled each time). */
const retryDelay = { first: 5_000, longest: 300_000 };

/** Runs the units' operations: one at a time per unit, several units side by side. */
export interface UnitLoops {
  /** Whether an operation runs or is about to. */
  working(unit: string): boolean;
}

/** Makes the loops; an unexpected error of the simulator itself goes to `fail`. */
export function createUnitLoops(world: World, fail: (error: unknown) => void): UnitLoops {
  let running = 0;
  let scheduled = false;
  const start = (unit: Unit) => {
    const runtime = world.runtime(unit.name);
    if (runtime.busy || runtime.charmDown || running >= world.options.parallel) return;
    const operation = nextOperation(world.model(), unit.name);
    if (operation === undefined) return;
    running += 1;
    runtime.busy = true;
    runOperation(world, unit.name, operation)
      .catch(fail)
      .finally(() => {
        running -= 1;
        runtime.busy = false;
        runtime.lastMove = Date.now();
        world.touch();
      });
  };
  const pass = () => {
    scheduled = false;
    for (const unit of Object.values(world.model().units)) {
      scheduleRetry(world, unit);
      start(unit);
    }
  };
  const kick = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(pass);
  };
  world.onChange(kick);
  return {
    working: (unit) => world.runtime(unit).busy || nextOperation(world.model(), unit) !== undefined,
  };
}

function scheduleRetry(world: World, { name, agent }: Unit): void {
  const runtime = world.runtime(name);
  if (agent.held?.step !== 'failed') {
    clearTimeout(runtime.retryTimer);
    runtime.retryTimer = undefined;
    return;
  }
  if (!agent.online || runtime.retryTimer !== undefined) return;
  const wait = Math.min(retryDelay.first * 2 ** Math.max(0, agent.held.failures - 1), retryDelay.longest);
  runtime.retryTimer = setTimeout(() => {
    runtime.retryTimer = undefined;
    world.update((model) => (model.units[name] === undefined ? model : retry(model, name)));
  }, wait / world.options.speed);
}

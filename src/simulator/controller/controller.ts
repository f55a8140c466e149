import { randomUUID } from 'node:crypto';
import type { ControlRequest } from '../control.ts';
import { withAgent } from '../model/access.ts';
import { emptyModel } from '../model/records.ts';
import { after } from '../model/secret-changes.ts';
import { becomesDue } from '../model/secret-events.ts';
import { handleRequest } from './commands.ts';
import type { Caller } from './commands.ts';
import { watchPebbles } from './pebble-events.ts';
import { createProvisioner } from './provisioner.ts';
import { createUnitLoops } from './unit-loops.ts';
import { createWorld } from './world.ts';
import type { ControllerOptions, World } from './world.ts';

/** A model that is being kept, and the way to talk to it. */
export interface Controller {
  /** Carries out a request; throws `JujuError` for what is refused. */
  handle(request: ControlRequest, caller: Caller): Promise<unknown>;
  /** Stops all timers; pods stay, since they are the cluster's. */
  close(): void;
}

/** The interval of update-status, and the shortest that `speed` makes of it, in ms (Juju: 5 m). */
const updateStatus = { interval: 300_000, shortest: 60_000 };

/** Period of the look at expiring secrets, in ms: times of secrets are full seconds. */
const secretPeriod = 1000;

/** Starts a controller with an empty model; `fail` gets errors of the simulator itself. */
export function createController(
  options: ControllerOptions & { readonly model?: string },
  fail: (error: unknown) => void,
): Controller {
  const world = createWorld(options, emptyModel(options.model ?? 'demo', randomUUID()));
  const provisioner = createProvisioner(world, fail);
  const parts = { world, provisioner, loops: createUnitLoops(world, fail), pebbles: watchPebbles(world) };
  const interval = Math.max(updateStatus.interval / options.speed, updateStatus.shortest);
  const timer = setInterval(() => {
    markUpdateStatus(world);
  }, interval);
  const clock = setInterval(() => {
    tellTime(world);
  }, secretPeriod);
  return {
    handle: (request, caller) => handleRequest(parts, request, caller),
    close: () => {
      clearInterval(timer);
      clearInterval(clock);
      parts.pebbles.close();
      world.close();
    },
  };
}

/** Lets the agents look at the time when a secret expires or is to be rotated. */
function tellTime(world: World): void {
  const now = after({ now: new Date().toISOString() }, 0);
  if (becomesDue(world.model(), now)) world.update((model) => model);
}

function markUpdateStatus(world: World): void {
  world.update((model) =>
    Object.values(model.units)
      .filter(({ agent }) => agent.online && agent.started)
      .reduce((current, { name }) => withAgent(current, name, { updateStatusDue: true }), model),
  );
}

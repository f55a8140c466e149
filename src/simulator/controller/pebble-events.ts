import { applicationOf, unitOf } from '../model/access.ts';
import { queueWorkloadEvent } from '../model/lifecycle.ts';
import type { WorkloadHook } from '../model/operation.ts';
import { readBootId, readChange, readNotices } from './pebble-client.ts';
import type { PebbleNotice } from './pebble-client.ts';
import { podName } from './world.ts';
import type { World } from './world.ts';

/** Period of the look at each container's Pebble, in ms (Juju: pebblepoller.go). */
const pollPeriod = 5_000;

/** Turns what Pebble does into events of the units. */
export interface PebbleEvents {
  /** Looks at all containers now; true if all answered. */
  lookNow(): Promise<boolean>;
  close(): void;
}

interface Place {
  readonly world: World;
  readonly unit: string;
  readonly container: string;
  readonly socket: string;
}

/** Starts looking at the Pebbles of all running units. */
export function watchPebbles(world: World): PebbleEvents {
  const closing = new AbortController();
  const waiting = new Set<string>();
  const lookNow = async () => {
    const answers = await Promise.all(places(world).map((place) => look(place, closing.signal)));
    return answers.every((answered) => answered);
  };
  const follow = () => {
    // A closed world has nothing to tell; any other failure shows as a Pebble that does not answer.
    void lookNow();
    for (const place of places(world)) void awaitNotices(place, waiting, closing.signal);
  };
  const timer = setInterval(follow, pollPeriod / world.options.speed);
  return {
    lookNow,
    close: () => {
      clearInterval(timer);
      closing.abort();
    },
  };
}

function places(world: World): readonly Place[] {
  const model = world.model();
  return Object.values(model.units)
    .filter(({ agent }) => agent.online && !agent.shuttingDown)
    .flatMap(({ name, application }) =>
      Object.keys(applicationOf(model, application).charm.containers).map((container) => ({
        ...{ world, unit: name, container },
        socket: world.options.cluster.pebbleSocket(podName(name), container),
      })),
    );
}

async function look(place: Place, signal: AbortSignal): Promise<boolean> {
  const { world, unit, container, socket } = place;
  try {
    const bootId = await readBootId(socket);
    const { bootIds } = world.runtime(unit);
    if (bootIds.get(container) !== bootId && isOnline(place)) {
      bootIds.set(container, bootId);
      forgetChanges(place);
      queue(place, { kind: 'workload', name: `${container}-pebble-ready`, container });
    }
    await takeNotices(place, { waitSeconds: 0, signal });
    return true;
  } catch {
    // A container that is down is a fact of life: it is looked at again.
    return false;
  }
}

/** A container that starts anew numbers its changes from 1 again. */
function forgetChanges({ world, unit, container }: Place): void {
  const { toldChanges, failedChecks } = world.runtime(unit);
  for (const known of [toldChanges, failedChecks]) {
    for (const key of known) if (key.startsWith(`${container} `)) known.delete(key);
  }
}

/** Waits at a container for its next notices, unless somebody does already. */
async function awaitNotices(place: Place, waiting: Set<string>, signal: AbortSignal): Promise<void> {
  const key = `${place.unit} ${place.container}`;
  if (waiting.has(key) || !place.world.runtime(place.unit).bootIds.has(place.container)) return;
  waiting.add(key);
  try {
    while (!signal.aborted && isOnline(place)) await takeNotices(place, { waitSeconds: 20, signal });
  } catch {
    // As above: the next round waits again.
  } finally {
    waiting.delete(key);
  }
}

async function takeNotices(place: Place, how: { waitSeconds: number; signal: AbortSignal }): Promise<void> {
  const { world, unit, container, socket } = place;
  const times = world.runtime(unit).noticeTimes;
  const notices = await readNotices(socket, { ...how, after: times.get(container) });
  for (const notice of notices) {
    if (!isOnline(place) || !isLater(notice['last-repeated'], times.get(container))) continue;
    times.set(container, notice['last-repeated']);
    const event = await eventOf(place, notice);
    if (event !== undefined) queue(place, event);
  }
}

async function eventOf(
  { world, unit, container, socket }: Place,
  notice: PebbleNotice,
): Promise<WorkloadHook | undefined> {
  const { id, type, key } = notice;
  if (type === 'custom') {
    return {
      kind: 'workload',
      name: `${container}-pebble-custom-notice`,
      container,
      notice: { id, type, key },
    };
  }
  const { kind = '', 'check-name': check } = notice['last-data'] ?? {};
  const telling = checkChanges[kind];
  const { toldChanges: told, failedChecks } = world.runtime(unit);
  if (telling === undefined || check === undefined || told.has(`${container} ${key}`)) return undefined;
  const change = await readChange(socket, key);
  if (change.status !== telling.status) return undefined;
  // The notice comes once more if it was read before it was repeated for the last time.
  told.add(`${container} ${key}`);
  if (telling.event === 'failed') failedChecks.add(`${container} ${check}`);
  else failedChecks.delete(`${container} ${check}`);
  return { kind: 'workload', name: `${container}-pebble-check-${telling.event}`, container, check };
}

/** Changes of checks that are told, and at which status (Juju: pebblenotices.go). */
const checkChanges: Readonly<Record<string, { readonly status: string; readonly event: string }>> = {
  'perform-check': { status: 'Error', event: 'failed' },
  'recover-check': { status: 'Done', event: 'recovered' },
};

function queue({ world, unit }: Place, event: WorkloadHook): void {
  world.update((model) => queueWorkloadEvent(model, unit, event));
}

function isOnline({ world, unit }: Place): boolean {
  return world.model().units[unit] !== undefined && unitOf(world.model(), unit).agent.online;
}

/** Compares times of Go's RFC3339Nano, whose fraction has as many digits as it needs. */
function isLater(time: string, than: string | undefined): boolean {
  return than === undefined || sortable(time) > sortable(than);
}

function sortable(time: string): string {
  const [, seconds = '', fraction = ''] = /^([^.Z]*)(?:\.(\d+))?/.exec(time) ?? [];
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}

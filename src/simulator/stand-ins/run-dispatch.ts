// What the stand-ins' dispatches have in common: how one is run, and how what went wrong is said.
import type { z } from 'zod';
import {
  createHookTools,
  createTransport,
  parseEvent,
  readEnvironment,
  type Databag,
  type Environment,
  type Event,
  type EventKind,
  type EventOf,
  type HookTools,
  type StatusName,
} from '../../juju/index.ts';
import { createPebbleClient, PebbleUnreachableError, type PebbleClient } from '../../pebble/index.ts';

/** A hook that a stand-in acts on: one that stops leaves its workload to Pebble. */
export type Hook = EventOf<Exclude<EventKind, 'action' | 'stop' | 'remove'>>;

/** What a dispatch is given of the world. */
export interface DispatchPorts {
  readonly environment: Environment;
  readonly tools: HookTools;
  /** Pebble of a container; nothing is dialled before its first call. */
  readonly pebble: (container: string) => PebbleClient;
}

/** What a stand-in does when it is dispatched. */
export interface StandInHandlers {
  readonly hook: (event: Hook, ports: DispatchPorts) => Promise<void>;
  readonly action: (name: string, ports: DispatchPorts) => Promise<void>;
}

/** What a stand-in shows of itself. */
export interface UnitStatus {
  readonly status: StatusName;
  readonly message: string;
}

/** The world did not let an action do what it was asked for: its message is what the user reads. */
export class ActionFailure extends Error {
  override readonly name = 'ActionFailure';
}

/** Runs this process's dispatch; an error is printed and makes the process end with code 1. */
export async function runDispatch(handlers: StandInHandlers): Promise<void> {
  try {
    await dispatch(handlers);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}

/** Runs the action `name` of a table; an {@link ActionFailure} marks it as failed, any other error is thrown. */
export async function runActionOf<Ports extends { readonly tools: HookTools }>(
  actions: Readonly<Record<string, (ports: Ports) => Promise<void>>>,
  name: string,
  ports: Ports,
): Promise<void> {
  const action = actions[name];
  if (action === undefined) throw new Error(`cannot run action ${name}: the charm has none of that name`);
  try {
    await action(ports);
  } catch (error) {
    if (!(error instanceof ActionFailure)) throw error;
    await ports.tools.actionFail(error.message);
  }
}

/** Ids of an endpoint's relations that are to be served: a broken one may still be listed. */
export async function liveRelations(event: Event, endpoint: string, tools: HookTools): Promise<number[]> {
  const broken = event.kind === 'relation-broken' ? event.relationId : undefined;
  return (await tools.relationIds(endpoint)).filter((id) => id !== broken);
}

/** The bag of the application on a relation's other side; undefined if that is gone. */
export async function remoteAppBag(
  id: number,
  tools: Pick<HookTools, 'relationApp' | 'relationGet'>,
): Promise<Databag | undefined> {
  const app = await tools.relationApp(id);
  return app === undefined ? undefined : tools.relationGet(id, { app });
}

/** Acts on a container; if its Pebble does not answer yet, the unit waits for it. */
export async function inContainer(
  container: string,
  act: () => Promise<unknown>,
): Promise<UnitStatus | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (!(error instanceof PebbleUnreachableError)) throw error;
    return { status: 'waiting', message: `waiting for the container ${container}` };
  }
}

/** Acts on the options if they are as they should be, and sets the unit's status: what came of it, or what is wrong. */
export async function actOnOptions<T>(
  tools: HookTools,
  options: z.ZodType<T>,
  act: (set: T) => Promise<UnitStatus>,
): Promise<void> {
  const set = options.safeParse(await tools.configGet());
  const { status, message } = set.success ? await act(set.data) : blockedByOptions(set.error);
  await tools.statusSet({ status, message, application: false });
}

/** The status for options that are not as they should be. */
export function blockedByOptions({ issues }: z.ZodError): UnitStatus {
  return blocked(issues.map(({ path, message }) => `option ${path.join('.')}: ${message}`).join('; '));
}

/** The status for what only the user can mend. */
export function blocked(message: string): UnitStatus {
  return { status: 'blocked', message };
}

async function dispatch({ hook, action }: StandInHandlers): Promise<void> {
  const environment = readEnvironment(process.env, process.cwd());
  const event = parseEvent(environment);
  const onFallback = (reason: string) => {
    process.stderr.write(`${reason}; spawns the hook tools instead\n`);
  };
  const transport = createTransport({ environment, variables: process.env, onFallback });
  const pebbles: PebbleClient[] = [];
  const pebble = (container: string) => {
    const client = createPebbleClient(`/charm/containers/${container}/pebble.socket`);
    pebbles.push(client);
    return client;
  };
  const ports = { environment, tools: createHookTools(transport), pebble };
  try {
    if (event.kind === 'action') await action(event.name, ports);
    else if (event.kind !== 'stop' && event.kind !== 'remove') await hook(event, ports);
  } finally {
    for (const client of pebbles) client.close();
    await transport.close();
  }
}

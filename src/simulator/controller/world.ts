import type { BagCache } from '../agent/hook-context.ts';
import { createUnitObserver } from '../agent/tool-observer.ts';
import type { UnitObserver } from '../agent/tool-observer.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Model } from '../model/records.ts';
import { createDebugLog } from './debug-log.ts';
import type { DebugLog } from './debug-log.ts';

/** What a controller is made of. */
export interface ControllerOptions {
  readonly cluster: Cluster;
  /** Folder for charms as deployed and for storage, which outlive pods. */
  readonly stateFolder: string;
  /** Divides Juju's waits: 1 is as slow as Juju. */
  readonly speed: number;
  /** Operations that may run at the same time, each of another unit. */
  readonly parallel: number;
}

/** What the controller knows of a unit beside the model: things that end with the simulator. */
export interface UnitRuntime {
  readonly unit: string;
  readonly observer: UnitObserver;
  readonly cache: BagCache;
  /** Boot id of each container's Pebble for which pebble-ready was queued. */
  readonly bootIds: Map<string, string>;
  /** Time of each container's last notice, as Pebble wrote it. */
  readonly noticeTimes: Map<string, string>;
  /** Changes of checks that were told, as `<container> <id>`. */
  readonly toldChanges: Set<string>;
  /** Checks that were told to have failed and not to have recovered, as `<container> <check>`. */
  readonly failedChecks: Set<string>;
  /** Of the application, when the pod was made. */
  revision: number;
  pod: 'none' | 'starting' | 'running' | 'restarting' | 'stopping' | 'failed';
  busy: boolean;
  /** What the cluster was last told of the agent's readiness probe. */
  agentStarted: boolean;
  /** Whether the pod is ready, as the cluster told. */
  ready: boolean;
  /** Time in ms of the last operation's end or of the last change of readiness. */
  lastMove: number;
  /** The charm container died and is about to come back. */
  charmDown: boolean;
  retryTimer: NodeJS.Timeout | undefined;
}

/** An action's end, in the shape of `juju run --format=json`. */
export interface TaskResult {
  readonly id: string;
  readonly unit: string;
  readonly status: 'completed' | 'failed';
  readonly message?: string;
  readonly results: Readonly<Record<string, unknown>>;
  readonly log: readonly string[];
}

/** Someone who waits for an action or a command of `juju exec`. */
export interface TaskWaiter {
  readonly unit: string;
  readonly messages: string[];
  readonly onMessage: (message: string) => void;
  readonly done: (result: TaskResult) => void;
}

/** The state that all parts of the controller share. */
export interface World {
  readonly options: ControllerOptions;
  readonly log: DebugLog;
  readonly tasks: Map<string, TaskWaiter>;
  readonly latency: { milliseconds: number };
  model(): Model;
  /** Applies a transition and lets everyone look at what is to be done now. */
  update(change: (model: Model) => Model): void;
  onChange(listener: () => void): void;
  /** Lets everyone look again, after something outside of the model changed. */
  touch(): void;
  runtime(unit: string): UnitRuntime;
  /** Of all units, also of such as have left the model. */
  runtimes(): readonly UnitRuntime[];
  /** Forgets a unit that is gone. */
  forget(unit: string): void;
  /** Forgets all units, and lets nobody look any more: what is still running ends without consequence. */
  close(): void;
}

/** Makes the shared state around a model. */
export function createWorld(options: ControllerOptions, initial: Model): World {
  let model = initial;
  const listeners: (() => void)[] = [];
  const tasks = new Map<string, TaskWaiter>();
  const latency = { milliseconds: 0 };
  const { runtimes, add } = createRuntimes(() => latency.milliseconds);
  const forget = (unit: string) => {
    clearTimeout(runtimes.get(unit)?.retryTimer);
    runtimes.delete(unit);
    dropTasks(tasks, unit);
  };
  const touch = () => {
    for (const listener of listeners) listener();
  };
  return {
    options,
    latency,
    log: createDebugLog(() => new Date()),
    tasks,
    model: () => model,
    update: (change) => {
      model = change({ ...model, now: new Date().toISOString().replace(/\.\d+Z$/, 'Z') });
      touch();
    },
    touch,
    onChange: (listener) => {
      listeners.push(listener);
    },
    runtime: (unit) => runtimes.get(unit) ?? add(unit),
    runtimes: () => [...runtimes.values()],
    forget,
    close: () => {
      listeners.length = 0;
      [...runtimes.keys()].forEach(forget);
    },
  };
}

/** Answers whoever waits for what a removed unit never ran. */
function dropTasks(tasks: Map<string, TaskWaiter>, unit: string): void {
  for (const [id, waiter] of tasks) {
    if (waiter.unit !== unit) continue;
    tasks.delete(id);
    waiter.done({ id, unit, status: 'failed', message: `unit "${unit}" was removed`, results: {}, log: [] });
  }
}

function createRuntimes(latency: () => number) {
  const runtimes = new Map<string, UnitRuntime>();
  const add = (unit: string): UnitRuntime => {
    const runtime = newRuntime(unit, latency);
    runtimes.set(unit, runtime);
    return runtime;
  };
  return { runtimes, add };
}

function newRuntime(unit: string, latency: () => number): UnitRuntime {
  return {
    unit,
    observer: createUnitObserver(latency),
    cache: new Map(),
    bootIds: new Map(),
    noticeTimes: new Map(),
    toldChanges: new Set(),
    failedChecks: new Set(),
    revision: 0,
    pod: 'none',
    agentStarted: false,
    ready: false,
    lastMove: Date.now(),
    busy: false,
    charmDown: false,
    retryTimer: undefined,
  };
}

/** `app-0` of `app/0`. */
export function podName(unit: string): string {
  return unit.replace('/', '-');
}

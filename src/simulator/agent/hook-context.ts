import { unitOf } from '../model/access.ts';
import type { HookChanges, Operation } from '../model/operation.ts';
import type { Model, Unit } from '../model/records.ts';
import type { SecretChange } from '../model/secret-changes.ts';

/** What the agent's tools need of the controller and of the charm container. */
export interface AgentPort {
  model(): Model;
  /** Applies an immediate effect, such as status-set's. */
  update(change: (model: Model) => Model): void;
  log(line: LogLine): void;
  /** A message of action-log. */
  actionMessage(action: string, message: string): void;
  /** Files of the charm container, by the paths that the charm sees. */
  readFile(path: string): Promise<Uint8Array>;
  writeFile(path: string, content: string): Promise<void>;
}

/** A line of the debug log, without its time. */
export interface LogLine {
  readonly unit: string;
  /** Such as `juju-log` or `config-changed`. */
  readonly module: string;
  readonly level: string;
  readonly message: string;
}

/** Remote units' bags as the agent last read them; it outlives hooks (Juju: runner/context/cache.go). */
export type BagCache = Map<string, Readonly<Record<string, string>>>;

/** What action-set and action-fail gathered. */
export interface ActionResult {
  values: Record<string, unknown>;
  failure: string | undefined;
}

/** One run of one operation, as its hook tools see it. */
export interface HookContext {
  /** JUJU_CONTEXT_ID */
  readonly id: string;
  readonly unit: string;
  readonly operation: Operation;
  readonly port: AgentPort;
  readonly cache: BagCache;
  /** Ids of the relations that the agent knew when the run began; it sees no others. */
  readonly relations: ReadonlySet<number>;
  readonly pending: PendingChanges;
  readonly action: ActionResult;
  /** Keeps the first answer of a read for the rest of the run. */
  once<Value>(memory: Map<string, Value>, key: string, read: () => Value): Value;
  readonly memory: HookMemory;
}

/** What is read once a hook. */
export interface HookMemory {
  readonly bags: Map<string, Readonly<Record<string, string>>>;
  readonly config: Map<string, Readonly<Record<string, string | number | boolean | undefined>>>;
  readonly statuses: Map<string, { readonly current: string; readonly message: string }>;
  readonly leadership: Map<string, boolean>;
}

/** Changes that wait for the hook's success. */
export interface PendingChanges {
  /** Keys are `<relation> <owner>`. */
  readonly bags: Map<string, { relation: number; owner: string; values: Record<string, string> }>;
  readonly openPorts: Set<string>;
  readonly closePorts: Set<string>;
  /** In the order in which they were said. */
  readonly secrets: SecretChange[];
  charmState: Readonly<Record<string, string>> | undefined;
}

/** Forgets the bag of the unit that a hook is about, as the agent does when it begins a joined or a changed. */
export function forgetTold(cache: BagCache, operation: Operation): void {
  if (operation.kind === 'relation' && operation.remoteUnit !== undefined) {
    cache.delete(bagKey(operation.relation, operation.remoteUnit));
  }
}

/** Starts a context. */
export function createHookContext(
  facts: Pick<HookContext, 'id' | 'unit' | 'operation' | 'port' | 'cache'>,
): HookContext {
  const { agent } = unitOf(facts.port.model(), facts.unit);
  return {
    ...facts,
    relations: new Set(Object.keys(agent.relations).map(Number)),
    pending: {
      ...{ bags: new Map(), openPorts: new Set(), closePorts: new Set(), secrets: [] },
      charmState: undefined,
    },
    action: { values: {}, failure: undefined },
    memory: { bags: new Map(), config: new Map(), statuses: new Map(), leadership: new Map() },
    once: (memory, key, read) => {
      const known = memory.get(key);
      if (known !== undefined) return known;
      const value = read();
      memory.set(key, value);
      return value;
    },
  };
}

/** The unit that a context belongs to. */
export function contextUnit(context: HookContext): Unit {
  return unitOf(context.port.model(), context.unit);
}

/** What is to be committed. */
export function pendingChanges({ pending }: HookContext): HookChanges {
  return {
    bags: [...pending.bags.values()],
    openPorts: [...pending.openPorts],
    closePorts: [...pending.closePorts],
    secrets: pending.secrets,
    charmState: pending.charmState,
  };
}

/** Key of a bag in a cache. */
export function bagKey(relation: number, owner: string): string {
  return `${relation} ${owner}`;
}

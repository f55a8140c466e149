import type { SecretChange } from './secret-changes.ts';

/** Hooks that carry no facts of their own. */
export type PlainHookName =
  | 'install'
  | 'upgrade-charm'
  | 'config-changed'
  | 'start'
  | 'stop'
  | 'remove'
  | 'leader-elected'
  | 'leader-settings-changed'
  | 'update-status';

/** A hook as the resolver picks it; the same record is run again after a failure. */
export type Hook =
  | {
      readonly kind: 'plain';
      readonly name: PlainHookName;
      /** Of config-changed: the hash of configuration, trust and address that it tells. */
      readonly configHash?: string;
    }
  | RelationHook
  | {
      readonly kind: 'storage';
      readonly name: string;
      readonly phase: 'attached' | 'detaching';
      readonly storage: string;
    }
  | WorkloadHook
  | SecretHook
  | {
      /** A hook that the administrator of the simulator asked for. */
      readonly kind: 'fired';
      readonly name: string;
      readonly environment: Readonly<Record<string, string>>;
    };

/** A relation's hook. */
export interface RelationHook {
  readonly kind: 'relation';
  /** `<endpoint>-relation-<phase>` */
  readonly name: string;
  readonly phase: 'created' | 'joined' | 'changed' | 'departed' | 'broken';
  readonly relation: number;
  readonly endpoint: string;
  readonly remoteApplication: string;
  readonly remoteUnit?: string;
  readonly departingUnit?: string;
  /** Version of the bag that a joined or changed tells. */
  readonly version?: number;
}

/** A hook about a workload container. */
export interface WorkloadHook {
  readonly kind: 'workload';
  readonly name: string;
  readonly container: string;
  readonly notice?: { readonly id: string; readonly type: string; readonly key: string };
  readonly check?: string;
}

/** Whether a hook tells that a container's Pebble runs: the one hook that Juju does not keep when it fails. */
export function isPebbleReady(operation: Operation): boolean {
  return operation.kind === 'workload' && operation.name === `${operation.container}-pebble-ready`;
}

/** A hook about a secret. */
export interface SecretHook {
  readonly kind: 'secret';
  readonly name: 'secret-changed' | 'secret-remove' | 'secret-rotate' | 'secret-expired';
  readonly secret: string;
  /** The owner's label, of a changed secret the reader's. */
  readonly label: string;
  /** What it is about; of a rotation, the revision to be replaced. */
  readonly revision: number;
}

/** An action, queued for a unit. */
export interface ActionCall {
  readonly kind: 'action';
  readonly id: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A command of `juju exec`, queued for a unit. */
export interface ExecCall {
  readonly kind: 'exec';
  readonly id: string;
  readonly name: 'run-commands';
  readonly argv: readonly string[];
}

/** What a unit's agent does, one at a time. */
export type Operation = Hook | ActionCall | ExecCall;

/** What a hook leaves behind when it exits 0 (Juju: CommitHookChanges). */
export interface HookChanges {
  readonly bags: readonly BagChange[];
  readonly openPorts: readonly string[];
  readonly closePorts: readonly string[];
  readonly secrets: readonly SecretChange[];
  /** The whole of the unit's charm state, if state-set or state-delete ran. */
  readonly charmState: Readonly<Record<string, string>> | undefined;
}

/** A relation-set: the empty string deletes a key. */
export interface BagChange {
  readonly relation: number;
  /** Unit or application whose bag it is. */
  readonly owner: string;
  readonly values: Readonly<Record<string, string>>;
}

/** How an operation ended: `terminated` is SIGTERM or SIGKILL, after which Juju runs the hook again. */
export type Outcome =
  { readonly kind: 'success'; readonly changes: HookChanges } | { readonly kind: 'failed' | 'terminated' };

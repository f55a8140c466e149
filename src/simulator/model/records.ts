import type { Charm, Role } from './charm.ts';
import type { ActionCall, ExecCall, Hook, WorkloadHook } from './operation.ts';
import type { Secret } from './secrets.ts';

/** A status of a unit, an agent or an application. */
export interface Status {
  readonly current: string;
  readonly message: string;
  /** RFC 3339. */
  readonly since: string;
}

/** A value of an option. */
export type ConfigValue = string | number | boolean;

/** A deployed application. */
export interface Application {
  readonly name: string;
  readonly charm: Charm;
  /** Of charm and resources: grows with each refresh, and pods of an older one are replaced. */
  readonly revision: number;
  readonly life: 'alive' | 'dying';
  /** What the administrator set; defaults are in the charm. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  readonly resources: Readonly<Record<string, string>>;
  /** Sizes in MiB of the storages that have a limit. */
  readonly storageSizes: Readonly<Record<string, number>>;
  readonly trust: boolean;
  /** Units wanted. */
  readonly scale: number;
  readonly leader: string | undefined;
  /** Set by the leader; shown for ever after. */
  readonly status: Status | undefined;
  readonly version: string;
  /** The Service's cluster address. */
  readonly address: string | undefined;
}

/** A unit as the controller knows it. */
export interface Unit {
  readonly name: string;
  readonly application: string;
  readonly ordinal: number;
  readonly life: 'alive' | 'dying' | 'dead';
  readonly workload: Status;
  readonly agentStatus: Status;
  /** What state-set keeps. */
  readonly charmState: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  /** Ids such as `data/0`. */
  readonly storage: readonly string[];
  readonly address: string | undefined;
  readonly agent: AgentState;
}

/** What a unit's agent remembers (Juju: uniter operation state, relation state, and what lives in memory). */
export interface AgentState {
  /** The pod runs and so does the agent. */
  readonly online: boolean;
  /** SIGTERM came and the unit is to come back: `stop`, then the agent ends. */
  readonly shuttingDown: boolean;
  readonly installed: boolean;
  readonly started: boolean;
  readonly stopped: boolean;
  /** The charm's folder is gone with the pod: the agent deploys it anew and runs upgrade-charm. */
  readonly charmMissing: boolean;
  /** The agent restarted in a unit that had started. */
  readonly startDue: boolean;
  readonly configHash: string | undefined;
  readonly leader: boolean;
  /** leader-settings-changed ran, which comes once to a unit that does not lead (Juju 3: leadership/resolver.go). */
  readonly leaderSettingsTold: boolean;
  readonly relations: Readonly<Record<number, AgentRelation>>;
  readonly attached: readonly string[];
  readonly workloadEvents: readonly WorkloadHook[];
  /** Actions and commands of `juju exec`, in the order in which they came. */
  readonly actions: readonly (ActionCall | ExecCall)[];
  readonly fired: readonly Hook[];
  readonly updateStatusDue: boolean;
  readonly held: HeldHook | undefined;
}

/** A hook that must run before anything else of the idle unit's. */
export interface HeldHook {
  readonly hook: Hook;
  readonly step: 'queued' | 'failed';
  /** Failures in a row, from which the retry delay grows. */
  readonly failures: number;
}

/** What the agent has told the charm of a relation. */
export interface AgentRelation {
  readonly created: boolean;
  /** Remote units that joined, and the version of their bag last told. */
  readonly members: Readonly<Record<string, number>>;
  /** Version of the application bag last told; absent is 0. */
  readonly applications: Readonly<Record<string, number>>;
  /** A unit whose joined ran: its changed is next, whatever else there is. */
  readonly changedPending: string | undefined;
}

/** One side of a relation. */
export interface RelationEnd {
  readonly application: string;
  readonly endpoint: string;
  readonly role: Role;
}

/** Settings of a unit or an application in a relation. */
export interface Databag {
  readonly values: Readonly<Record<string, string>>;
  /** Grows with each change of content; an application's starts at 0. */
  readonly version: number;
}

/** A relation; a peer relation has one end. */
export interface Relation {
  readonly id: number;
  readonly interface: string;
  readonly ends: readonly RelationEnd[];
  readonly life: 'alive' | 'dying';
  /** Units in scope. */
  readonly scope: readonly string[];
  /** Bags of units and applications, also of units that left. */
  readonly bags: Readonly<Record<string, Databag>>;
}

/** The state of one Juju model. */
export interface Model {
  readonly name: string;
  readonly uuid: string;
  /** RFC 3339; the controller sets it before each transition, so that transitions stay pure. */
  readonly now: string;
  readonly applications: Readonly<Record<string, Application>>;
  readonly units: Readonly<Record<string, Unit>>;
  readonly relations: Readonly<Record<number, Relation>>;
  /** By id. */
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly nextRelation: number;
  readonly nextStorage: number;
  readonly nextAction: number;
}

/** A model without applications. */
export function emptyModel(name: string, uuid: string): Model {
  return {
    ...{ name, uuid, now: '1970-01-01T00:00:00Z' },
    ...{
      applications: {},
      units: {},
      relations: {},
      secrets: {},
      nextRelation: 0,
      nextStorage: 0,
      nextAction: 1,
    },
  };
}

/** The agent's memory of a unit that was never installed. */
export const newAgent: AgentState = {
  ...{ online: false, shuttingDown: false, installed: false, started: false, stopped: false },
  ...{ charmMissing: false, startDue: false, configHash: undefined, leader: false, relations: {} },
  leaderSettingsTold: false,
  ...{ attached: [], workloadEvents: [], actions: [], fired: [], updateStatusDue: false, held: undefined },
};

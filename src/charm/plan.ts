import type { Databag } from '../juju/index.ts';
import type { AlertmanagerConfig } from '../mimir/alertmanager-config.ts';
import type { RuleGroup } from '../mimir/rule-group.ts';
import type { Layer } from '../pebble/index.ts';
import type { Move, WorkloadRequest } from './charm-state.ts';
import type { LogTargets } from './logging.ts';
import type { Problem } from './problem.ts';
import type { Known } from './snapshot.ts';
import type { RequestedCertificate } from './unit-key.ts';

/** A file as it should be in the workload container. */
export interface PlannedFile {
  /** Text of the file, or undefined if there should be none. */
  readonly content: string | undefined;
  /** Octal mode; 0600 for anything that may hold a secret. */
  readonly permissions: '600' | '644';
}

/** What should be in the workload container. */
export interface PlannedWorkload {
  readonly files: ReadonlyMap<string, PlannedFile>;
  readonly layer: Layer;
  /** Where Pebble is to send the log; a change of it touches nothing that runs. */
  readonly logTargets: Known<LogTargets>;
  /** Mimir should be running. */
  readonly run: boolean;
  /** Mimir moves from the disk to a bucket: the step that is next. */
  readonly move: Move | undefined;
  /** What is asked before anything changes; undefined for nothing. */
  readonly request: WorkloadRequest | undefined;
}

/** Keys that we own in one of our bags, with their values; an owned key that is absent should not be there. */
export interface PlannedBag {
  readonly relationId: number;
  readonly scope: 'unit' | 'app';
  readonly owned: readonly string[];
  readonly values: Databag;
}

/** The rule groups that the ruler should hold for the relations that were read. */
export interface PlannedRules {
  /** Groups by namespace; every namespace is one of ours. */
  readonly wanted: ReadonlyMap<string, readonly RuleGroup[]>;
  /** Namespaces that this plan decides on: `all` of ours, or just these. */
  readonly scope: 'all' | readonly string[];
}

/** The secret with this unit's key and request, as it should be. */
export type PlannedKey =
  | {
      readonly kind: 'kept';
      /** When Juju is to tell that the certificate has to be renewed; undefined leaves that as it is. */
      readonly renewAt: Date | undefined;
    }
  /** It is to hold a new request, in place of this one. */
  | {
      readonly kind: 'renewed';
      readonly request: RequestedCertificate;
      readonly instead: string | undefined;
    }
  | { readonly kind: 'gone' };

/** A revision of the secret that is to be removed. */
export interface ObsoleteRevision {
  readonly id: string;
  readonly revision: number;
}

/** The world as it should be. It says what, never how or when; what is unobserved is left alone. */
export interface Plan {
  readonly workload: Known<PlannedWorkload>;
  readonly rules: Known<PlannedRules>;
  /** What Mimir's own Alertmanager should be given, or that none of ours should be there. */
  readonly alertmanagerConfig: Known<AlertmanagerConfig | 'ours-gone'>;
  readonly bags: Known<readonly PlannedBag[]>;
  readonly ports: Known<readonly number[]>;
  readonly version: Known<string>;
  /** What all relations are told has changed: before anything else those have to be read that were not. */
  readonly sweep: boolean;
  readonly key: Known<PlannedKey>;
  readonly obsolete: ObsoleteRevision | undefined;
  /** What stands between the world and this plan; it makes the status. Unobserved leaves the status alone. */
  readonly problems: Known<readonly Problem[]>;
}

/** The plan that touches nothing. */
export const untouched: Plan = {
  workload: 'unobserved',
  rules: 'unobserved',
  alertmanagerConfig: 'unobserved',
  bags: 'unobserved',
  ports: 'unobserved',
  version: 'unobserved',
  sweep: false,
  key: 'unobserved',
  obsolete: undefined,
  problems: 'unobserved',
};

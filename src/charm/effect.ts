import type { StatusName } from '../juju/index.ts';
import type { WorkloadRequest } from './charm-state.ts';
import type { AlertmanagerConfig } from '../mimir/alertmanager-config.ts';
import type { TlsTarget } from '../mimir/request.ts';
import type { RuleChange } from '../mimir/rule-diff.ts';
import type { FileToWrite, Layer } from '../pebble/index.ts';
import { isKeyEffect, type KeyEffect } from './unit-key.ts';

/** One act upon the world. Every act bears repeating: Juju runs a failed hook again. */
export type Effect =
  /** Mimir's own binary reads a new configuration; a refusal is recorded and ends this pass. */
  | { readonly kind: 'validate-config'; readonly content: string; readonly hash: string }
  | { readonly kind: 'push-files'; readonly files: readonly FileToWrite[] }
  | { readonly kind: 'remove-file'; readonly path: string }
  | { readonly kind: 'add-layer'; readonly label: string; readonly layer: Layer }
  | { readonly kind: 'stop-service'; readonly service: string }
  /** Ends a service at once; the next replan starts it. */
  | { readonly kind: 'kill-service'; readonly service: string }
  /** Asks the other units whether they serve, or Mimir to prepare for what comes; see {@link WorkloadRequest}. */
  | WorkloadRequest
  /**
   * Reads from Mimir what users have put into it, and keeps it on the data volume. Samples that are older than
   * `olderThan`, in milliseconds, do not come along: there is a note if there are such.
   */
  | { readonly kind: 'keep-user-state'; readonly olderThan: number }
  /** Gives Mimir what was kept, and forgets it. */
  | { readonly kind: 'restore-user-state'; readonly state: string }
  /**
   * Pebble restarts exactly what changed; ends every dispatch on a reachable container. When to look again after it:
   * a dispatch that was killed before its replan leaves one that restarts what nothing here announced.
   */
  | { readonly kind: 'replan'; readonly lookAgain: 'always' | 'if-restarted' | 'never' }
  /**
   * Waits for Mimir to be ready, within a bound. A failure is recorded against `hash`, if one is given; that of the
   * bucket, if it is to run on one, only if there is an earlier configuration to go back to, for it may mend itself.
   */
  | {
      readonly kind: 'await-mimir';
      readonly hash: string | undefined;
      readonly onBucket: boolean;
      readonly canGoBack: boolean;
      /** How the Mimir speaks that is waited for. */
      readonly tls: TlsTarget | undefined;
    }
  | KeyEffect
  /** Brings the program that asks Mimir whether it is ready into the container. */
  | { readonly kind: 'push-probe' }
  | RuleChange
  | { readonly kind: 'set-alertmanager-config'; readonly config: AlertmanagerConfig }
  | { readonly kind: 'delete-alertmanager-config' }
  | {
      readonly kind: 'relation-set';
      readonly relationId: number;
      readonly scope: 'unit' | 'app';
      /** An empty value removes the key. */
      readonly values: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'open-port'; readonly port: number }
  | { readonly kind: 'close-port'; readonly port: number }
  | { readonly kind: 'set-version'; readonly version: string }
  | {
      readonly kind: 'set-status';
      readonly application: boolean;
      readonly status: StatusName;
      readonly message: string;
    };

/** Says an effect in the words of the log; contents never appear. */
export function describeEffect(effect: Effect): string {
  if (isKeyEffect(effect) || effect.kind === 'push-probe') return effect.kind;
  switch (effect.kind) {
    case 'push-files':
      return `push-files ${effect.files.map((file) => file.path).join(' ')}`;
    case 'remove-file':
      return `remove-file ${effect.path}`;
    case 'add-layer':
      return `add-layer ${effect.label}`;
    case 'stop-service':
    case 'kill-service':
      return `${effect.kind} ${effect.service}`;
    case 'put-rule-group':
      return `put-rule-group ${effect.namespace}/${effect.group.name}`;
    case 'delete-rule-group':
      return `delete-rule-group ${effect.namespace}/${effect.name}`;
    case 'delete-namespace':
      return `delete-namespace ${effect.namespace}`;
    case 'relation-set':
      return `relation-set ${effect.scope} bag of relation ${effect.relationId}: ${Object.keys(effect.values).join(' ')}`;
    case 'open-port':
    case 'close-port':
      return `${effect.kind} ${effect.port}`;
    case 'set-version':
      return `set-version ${effect.version}`;
    case 'set-status':
      return `set-status ${effect.application ? 'of the application ' : ''}${effect.status}`;
    case 'ask-peers':
    case 'flush':
    case 'prepare-shutdown':
    case 'keep-user-state':
    case 'restore-user-state':
    case 'set-alertmanager-config':
    case 'delete-alertmanager-config':
    case 'validate-config':
    case 'replan':
    case 'await-mimir':
      return effect.kind;
  }
}

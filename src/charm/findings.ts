import type { Result } from '../interfaces/result.ts';
import { MimirApiError } from '../mimir/errors.ts';
import type { UnitKey } from './unit-key.ts';

/** What a dispatch learns of Mimir while it acts: the next pass plans with it. */
export interface Findings {
  /** Namespaces of the ruler with a group that it refused, and its words. */
  readonly refusedRules: Map<string, string>;
  /** What came out of rules that are compressed in the databag, by relation id. */
  unpackedRules: ReadonlyMap<number, Result<string>>;
  /** Mimir's words, if it refused the options' Alertmanager configuration. */
  refusedAlertmanagerConfig: string | undefined;
  /** The key and request that were made in this dispatch; Juju does not show them before it ends. */
  unitKey: UnitKey | undefined;
  /** Pebble has replanned: what runs since then runs with what its plan says. */
  replanned: boolean;
  /** Mimir has brought all that it held into the object storage. */
  flushed: boolean;
  /** A file could not be written, since the disk is full. */
  diskFull: boolean;
  /** Other units that do not serve; undefined if they were not asked. */
  peersDown: readonly string[] | undefined;
  /** Why Mimir did not do what it was asked, through no fault of what it was given. */
  trouble: string | undefined;
}

/** Findings of a dispatch that has not begun. */
export function noFindings(): Findings {
  return {
    refusedRules: new Map(),
    unpackedRules: new Map(),
    refusedAlertmanagerConfig: undefined,
    unitKey: undefined,
    replanned: false,
    flushed: false,
    diskFull: false,
    peersDown: undefined,
    trouble: undefined,
  };
}

/** Notes that Mimir did not do what it was asked; throws any other error on. */
export function noteTrouble(findings: Findings, error: unknown): void {
  if (!(error instanceof MimirApiError)) throw error;
  findings.trouble = error.message;
}

/** How much has been found, to be compared with what was found before. */
export function countFindings({ refusedRules, refusedAlertmanagerConfig, trouble }: Findings): number {
  const words = [refusedAlertmanagerConfig, trouble].filter((text) => text !== undefined);
  return refusedRules.size + words.length;
}

import type { Change } from './changes.ts';

/** What went wrong, as one word: Pebble's own error kinds where it names one, else one of ours. */
export type PebbleErrorKind =
  | 'unreachable'
  | 'timeout'
  | 'change-failed'
  | 'unexpected-answer'
  | 'invalid-request'
  | 'unspecified'
  | 'not-found'
  | 'permission-denied'
  | 'generic-file-error'
  | 'no-default-services'
  | 'login-required'
  | (string & {});

/** Facts that an error carries beside its text. */
export interface PebbleErrorFacts {
  readonly kind: PebbleErrorKind;
  /** HTTP status of Pebble's answer; absent if there was none. */
  readonly statusCode?: number | undefined;
  readonly cause?: unknown;
}

/** Any failure of a talk with Pebble: "cannot X: why". */
export class PebbleError extends Error {
  readonly kind: PebbleErrorKind;
  readonly statusCode: number | undefined;

  constructor(doing: string, why: string, facts: PebbleErrorFacts) {
    super(`cannot ${doing}: ${why}`, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.name = new.target.name;
    this.kind = facts.kind;
    this.statusCode = facts.statusCode;
  }
}

/** Pebble is not there: its socket is missing, refuses, or broke before the answer was whole. */
export class PebbleUnreachableError extends PebbleError {
  constructor(doing: string, why: string, cause?: unknown) {
    super(doing, why, { kind: 'unreachable', cause });
  }
}

/** Pebble answered with an error; `kind` is its own word, or `unspecified` where it names none. */
export class PebbleApiError extends PebbleError {}

/** Pebble was there but did not answer, or a change did not end, within the bound. */
export class PebbleTimeoutError extends PebbleError {
  constructor(doing: string, why: string, cause?: unknown) {
    super(doing, why, { kind: 'timeout', cause });
  }
}

/** A change (start, stop, replan, exec …) ended in an error. */
export class PebbleChangeError extends PebbleError {
  readonly change: Change;

  constructor(doing: string, change: Change) {
    super(doing, [change.err ?? change.status, ...logLines(change)].join('\n'), { kind: 'change-failed' });
    this.change = change;
  }

  /** Log lines of all tasks: for a service that exited quickly they hold its last output. */
  get taskLog(): readonly string[] {
    return logLines(this.change);
  }
}

function logLines(change: Change): string[] {
  return change.tasks.flatMap((task) => task.log);
}

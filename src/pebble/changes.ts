import * as z from 'zod/mini';

import { callSync } from './api.ts';
import { PebbleApiError, PebbleChangeError, PebbleTimeoutError } from './errors.ts';
import type { PebbleTransport } from './transport.ts';

/** One step of a change. */
export interface Task {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  readonly status: string;
  /** Lines with time and level; for a service that exited quickly the last one holds its output. */
  readonly log: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** Something that Pebble does in the background. */
export interface Change {
  readonly id: string;
  /** `start`, `stop`, `restart`, `replan`, `exec`, `perform-check`, `recover-check` … */
  readonly kind: string;
  readonly summary: string;
  /** `Doing`, `Done`, `Error`, `Hold` … */
  readonly status: string;
  readonly ready: boolean;
  readonly err?: string | undefined;
  readonly tasks: readonly Task[];
}

/** Calls that are about changes. */
export interface ChangeCalls {
  /** Reads a change as it is now. A change that Pebble does not know is a `PebbleApiError` of kind `not-found`. */
  change(id: string): Promise<Change>;
  /**
   * Waits until a change is ready, and returns it. Throws `PebbleChangeError` if it failed and
   * `PebbleTimeoutError` if it is not ready after `timeoutMs`; it then goes on in Pebble.
   */
  waitChange(id: string, timeoutMs: number): Promise<Change>;
}

const task = z.object({
  id: z.string(),
  kind: z.string(),
  summary: z.string(),
  status: z.string(),
  log: z._default(z.array(z.string()), []),
  data: z._default(z.record(z.string(), z.unknown()), {}),
});

const change: z.ZodMiniType<Change> = z.object({
  id: z.string(),
  kind: z.string(),
  summary: z.string(),
  status: z.string(),
  ready: z.boolean(),
  err: z.optional(z.string()),
  tasks: z._default(z.array(task), []),
});

/** Longest single wait in ms; a longer one is a row of them, so that a Pebble that hangs is noticed. */
const longestWait = 10_000;

/** Binds the calls to a transport. */
export function changeCalls(transport: PebbleTransport): ChangeCalls {
  return {
    change: (id) => callSync(transport, { doing: `read change ${id}`, path: changePath(id), result: change }),
    waitChange: (id, timeoutMs) =>
      waitForChange(transport, id, { doing: `wait for change ${id}`, timeoutMs }),
  };
}

/** As `waitChange`, for a caller that knows better what the change is for. */
export async function waitForChange(
  transport: PebbleTransport,
  id: string,
  { doing, timeoutMs }: { readonly doing: string; readonly timeoutMs: number },
): Promise<Change> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const left = Math.max(1, Math.min(longestWait, deadline - Date.now()));
    const found = await waitOnce(transport, id, { doing, left });
    if (found === undefined && Date.now() < deadline) continue;
    if (found === undefined) {
      throw new PebbleTimeoutError(doing, `change ${id} is not ready after ${timeoutMs} ms`);
    }
    if (found.err !== undefined) throw new PebbleChangeError(doing, found);
    return found;
  }
}

/** Returns undefined if the change is not ready in time, which Pebble answers with 504. */
async function waitOnce(
  transport: PebbleTransport,
  id: string,
  { doing, left }: { readonly doing: string; readonly left: number },
): Promise<Change | undefined> {
  try {
    return await callSync(transport, {
      doing,
      path: `${changePath(id)}/wait`,
      query: { timeout: `${left}ms` },
      result: change,
      timeoutMs: left + 5_000,
    });
  } catch (error) {
    if (error instanceof PebbleApiError && error.statusCode === 504) return undefined;
    throw error;
  }
}

function changePath(id: string): string {
  return `/v1/changes/${encodeURIComponent(id)}`;
}

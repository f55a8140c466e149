import * as z from 'zod/mini';

import { callSync } from './api.ts';
import type { PebbleTransport } from './transport.ts';

/** What a check is asked for: `ready` includes the checks of `alive`. */
export type CheckLevel = 'alive' | 'ready';

/** A check of the plan as it is now. */
export interface CheckState {
  readonly name: string;
  /** Absent if the check is of no level. */
  readonly level?: string | undefined;
  /** `up` also before its first run, `down`, or `inactive` if it was not started or was stopped. */
  readonly status: string;
  /** Successes since it started or last failed; 0 in a Pebble that does not count them. */
  readonly successes: number;
  /** Failures in a row. */
  readonly failures: number;
  readonly threshold: number;
  /** The change that runs the check; its task log holds the failures since the check went up or down. */
  readonly changeId?: string | undefined;
  /** The change before it; for a check that is down, its task log says why it went down. */
  readonly prevChangeId?: string | undefined;
}

/** Calls that are about checks. */
export interface CheckCalls {
  checks(): Promise<readonly CheckState[]>;
  /** Whether no check of that level (or of any) is down. Without checks all is well; inactive ones do not count. */
  health(level?: CheckLevel): Promise<boolean>;
}

const checkState = () =>
  z.pipe(
    z.object({
      name: z.string(),
      level: z.optional(z.string()),
      status: z.string(),
      successes: z._default(z.number(), 0),
      failures: z._default(z.number(), 0),
      threshold: z.number(),
      'change-id': z.optional(z.string()),
      'prev-change-id': z.optional(z.string()),
    }),
    z.transform(({ 'change-id': changeId, 'prev-change-id': prevChangeId, ...rest }): CheckState => ({
      ...rest,
      changeId,
      prevChangeId,
    })),
  );

const health = () => z.object({ healthy: z.boolean() });

/** Binds the calls to a transport. */
export function checkCalls(transport: PebbleTransport): CheckCalls {
  return {
    checks: () =>
      callSync(transport, { doing: 'read checks', path: '/v1/checks', result: z.array(checkState()) }),
    health: async (level) => {
      const query = { level };
      return (
        await callSync(transport, { doing: 'read health', path: '/v1/health', query, result: health() })
      ).healthy;
    },
  };
}

import { z } from 'zod';
import { connectionReason } from './connection-reason.ts';
import { ActionFailure } from './run-dispatch.ts';

/** What a workload has noted, and how an action asks it. */
export interface JournalRequest<T> {
  readonly url: string;
  readonly journal: z.ZodType<T>;
  /** What the action does with it, such as `list alerts`. */
  readonly doing: string;
  readonly signal?: AbortSignal;
}

/** Reads what a workload has noted. That it does not answer is the action's failure, in words. */
export async function readJournal<T>({ url, journal, doing, signal }: JournalRequest<T>): Promise<T> {
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    return journal.parse(await response.json());
  } catch (cause) {
    if (cause instanceof z.ZodError) throw cause;
    const why = `the workload does not answer (${connectionReason(cause)}); see the unit's status`;
    throw new ActionFailure(`cannot ${doing}: ${why}`, { cause });
  }
}

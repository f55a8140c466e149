import { z } from 'zod';

/** One request: when it was asked and when it ended, in ms since the beginning; `error` is why it failed. */
export const probe = z.object({ at: z.number(), until: z.number(), error: z.string().optional() });

/** One request of many to the same place. */
export type Probe = Readonly<z.infer<typeof probe>>;

/**
 * For how long nothing was answered, in ms: from each last answer to the next one, if a request failed between them. It
 * is too much by less than the pause between two requests at either end.
 */
export function timeAway(probes: readonly Probe[]): number {
  let away = 0;
  let lastAnswer = probes[0]?.at ?? 0;
  let failed = false;
  for (const { until, error } of probes) {
    if (error !== undefined) {
      failed = true;
      continue;
    }
    if (failed) away += until - lastAnswer;
    lastAnswer = until;
    failed = false;
  }
  return failed ? away + (probes.at(-1)?.until ?? 0) - lastAnswer : away;
}

/** Why requests failed, one text for each. */
export function failuresOf(probes: readonly Probe[]): readonly string[] {
  return probes.flatMap(({ error }) => error ?? []);
}

import { en } from 'zod/locales';
import * as z from 'zod/mini';

// zod/mini has no words of its own for what is wrong.
z.config(en());

/** What a databag says, or why it cannot be read. Other people's data may be anything, so that is a value. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Parses `value` by `schema`; the reason names each key that is wrong. */
export function readAs<T>(schema: z.ZodMiniType<T>, value: unknown): Result<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { ok: false, reason: reasons.join('; ') };
}

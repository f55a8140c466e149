import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { formatDuration, parseDuration } from './duration.ts';

// zod/mini has no words of its own for what is wrong.
z.config(en());

// Everything is brought into one form while it is parsed, since the ruler does so too: it returns 60m as 1h, and leaves out
// what is zero or empty. Two groups are then the same to the ruler exactly if their JSON is the same. Keys that Mimir does not know,
// which it would refuse the whole group for, are dropped.

const text = z.pipe(z.union([z.string(), z.number(), z.boolean()]), z.transform(String));

const duration = z.pipe(
  text,
  z.transform((value, context) => {
    const milliseconds = value === '' ? 0 : parseDuration(value);
    if (milliseconds === undefined)
      context.issues.push({ code: 'custom', message: `"${value}" is not a duration`, input: value });
    return milliseconds === undefined || milliseconds === 0 ? undefined : formatDuration(milliseconds);
  }),
);

const labels = z.pipe(
  z.record(z.string(), text),
  z.transform((value) => {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }),
);

const rule = z
  .object({
    alert: z.optional(text),
    record: z.optional(text),
    expr: text,
    for: z.optional(duration),
    keep_firing_for: z.optional(duration),
    labels: z.optional(labels),
    annotations: z.optional(labels),
  })
  .check(
    z.refine(
      (value) => (value.alert ?? '') !== '' || (value.record ?? '') !== '',
      'needs "alert" or "record"',
    ),
  );

/** A rule group in the one form that rule groups are compared in; durations as {@link formatDuration} writes them. */
export const ruleGroupSchema = z.object({
  name: text.check(z.refine((name) => !['', '.', '..'].includes(name), 'cannot be part of a URL')),
  interval: z.optional(duration),
  query_offset: z.optional(duration),
  limit: z.optional(
    z.pipe(
      z.coerce.number().check(z.int()),
      z.transform((value) => (value === 0 ? undefined : value)),
    ),
  ),
  rules: z.array(rule).check(z.minLength(1)),
  labels: z.optional(labels),
});

/** A rule group, with the keys and in the words of Mimir's ruler. */
export type RuleGroup = z.output<typeof ruleGroupSchema>;

/** An alerting or recording rule. */
export type Rule = RuleGroup['rules'][number];

/** What the ruler holds, or should hold: rule groups by namespace. */
export type RulerState = ReadonlyMap<string, readonly RuleGroup[]>;

/**
 * Parses a rule group, from a sender's `alert_rules` or from the ruler.
 *
 * @returns the group, or a sentence that names the first mistake.
 */
export function parseRuleGroup(value: unknown): { readonly group: RuleGroup } | { readonly problem: string } {
  const parsed = ruleGroupSchema.safeParse(withoutNulls(value));
  if (parsed.success) return { group: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `${nameOf(value)}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
}

/** An empty key of a YAML file, such as `labels:`, reaches us as null and means that there is none. */
function withoutNulls(value: unknown): unknown {
  const omitNull = (_key: string, inner: unknown) => inner ?? undefined;
  return JSON.parse(JSON.stringify(value ?? {}), omitNull);
}

function nameOf(group: unknown): string {
  const named = z.object({ name: z.string() }).safeParse(group);
  return named.success ? `rule group "${named.data.name}"` : 'a rule group';
}

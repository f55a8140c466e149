import * as z from 'zod/mini';
import { isOurs } from './namespaces.ts';
import { ruleGroupSchema } from './rule-group.ts';

/**
 * `GET /prometheus/config/v1/rules`, as YAML: the groups of our own namespaces. What users post in theirs is no matter of
 * ours, and may be such as we would refuse.
 */
export const rulerStateSchema = z.pipe(
  z.record(z.string(), z.unknown()),
  z.transform((namespaces, context) => {
    const ours = Object.entries(namespaces).filter(([namespace]) => isOurs(namespace));
    const parsed = z.record(z.string(), z.array(ruleGroupSchema)).safeParse(Object.fromEntries(ours));
    if (parsed.success) return new Map(Object.entries(parsed.data));
    context.issues.push({ code: 'custom', message: parsed.error.message, input: namespaces });
    return z.NEVER;
  }),
);

import * as z from 'zod/mini';
import { defineAction } from './action.ts';
import { whenReady } from './when-ready.ts';

const params = z.strictObject({ namespace: z.optional(z.string().check(z.minLength(1))) });

/** `list-rules`: the rule groups that Mimir evaluates, as JSON, and how many of their rules fail. */
export const listRules = defineAction(params, ({ namespace }, ports) =>
  whenReady(ports, async (mimir) => {
    const all = await mimir.ruleStatuses();
    const groups = all.filter((group) => namespace === undefined || group.namespace === namespace);
    const failing = groups.flatMap(({ rules }) => rules).filter(({ health }) => health === 'err');
    return { groups: groups.length, failing: failing.length, rules: JSON.stringify(groups) };
  }),
);

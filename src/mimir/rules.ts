import { createHash } from 'node:crypto';
import { parseRuleGroup } from './rule-group.ts';
import type { Rule, RuleGroup } from './rule-group.ts';
import { injectMatchers } from './topology-matchers.ts';

/** Labels that say which Juju application a rule is about. */
const topologyLabels = ['juju_application', 'juju_model', 'juju_model_uuid'] as const;

/**
 * Makes a sender's groups fit for the ruler: each expression is restricted to the application that its rule is labelled with, and
 * names are made distinct. The same groups in another order give the same result.
 *
 * @returns the groups by name, or the first mistake; the share of a sender with a mistake is dropped whole.
 */
export function prepareRuleGroups(
  groups: readonly unknown[],
): { readonly groups: readonly RuleGroup[] } | { readonly problem: string } {
  const prepared: RuleGroup[] = [];
  for (const value of groups) {
    const parsed = parseRuleGroup(value);
    if ('problem' in parsed) return parsed;
    const result = restrictGroup(parsed.group);
    if ('problem' in result) return result;
    prepared.push(result.group);
  }
  return { groups: nameApart(prepared) };
}

function restrictGroup(group: RuleGroup): { readonly group: RuleGroup } | { readonly problem: string } {
  const rules: Rule[] = [];
  for (const rule of group.rules) {
    const injected = injectMatchers(rule.expr, topologyOf({ ...group.labels, ...rule.labels }));
    if ('problem' in injected)
      return {
        problem: `rule group "${group.name}", rule "${rule.alert ?? rule.record ?? ''}": ${injected.problem}`,
      };
    rules.push({ ...rule, expr: injected.expr });
  }
  return { group: { ...group, rules } };
}

/** The three topology labels; nothing unless all of them are there, as the interface has it. */
function topologyOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const topology: Record<string, string> = {};
  for (const name of topologyLabels) {
    const value = labels[name];
    if (value === undefined || value === '') return {};
    topology[name] = value;
  }
  return topology;
}

/**
 * Mimir: the ruler keeps a group in a file named by base64, so 185 bytes of a name pass and 200 are an error 500. Juju's
 * libraries make names of model, application and more, which can be longer.
 */
const longestName = 180;

/** The ruler keeps one group a name, so the second of a name gets `_2` behind it, and so on; long names are cut. */
function nameApart(groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const sorted = sortedByText(groups).map((group) => ({ ...group, name: shortened(group.name) }));
  const taken = new Set(sorted.map(({ name }) => name));
  const counts = new Map<string, number>();
  return sorted.map((group) => {
    let count = (counts.get(group.name) ?? 0) + 1;
    const numbered = () => (count === 1 ? group.name : `${group.name}_${count}`);
    while (count > 1 && taken.has(numbered())) count += 1;
    counts.set(group.name, count);
    return { ...group, name: numbered() };
  });
}

/** A name that is too long keeps its beginning, and a digest of the whole tells it from others. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= longestName - 8) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const start = Buffer.from(name)
    .subarray(0, longestName - 24)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  return `${start}_${digest}`;
}

function sortedByText(groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const keyed = groups.map((group) => ({ group, key: `${group.name}\0${JSON.stringify(group)}` }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ group }) => group);
}

import { parseRuleGroup } from './rule-group.ts';
import type { Rule, RuleGroup } from './rule-group.ts';
import { injectMatchers } from './topology-matchers.ts';

/** Labels that say which Juju application a rule is about. */
const topologyLabels = ['juju_application', 'juju_model', 'juju_model_uuid'] as const;

const prefix = 'juju-relation-';

/** Namespace of the ruler for the rules of one relation; a relation's id never changes nor returns. */
export function namespaceOf(relationId: number): string {
  return `${prefix}${relationId}`;
}

/** The relation whose rules a namespace holds; undefined if the namespace is not ours but a user's. */
export function relationIdOf(namespace: string): number | undefined {
  const id = namespace.startsWith(prefix) ? namespace.slice(prefix.length) : '';
  return /^(0|[1-9]\d*)$/.test(id) ? Number(id) : undefined;
}

/** Whether we made a namespace. Others are never touched. */
export function isOurs(namespace: string): boolean {
  return relationIdOf(namespace) !== undefined;
}

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

/** The ruler keeps one group a name, so the second of a name gets `_2` behind it, and so on. */
function nameApart(groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const taken = new Set(groups.map(({ name }) => name));
  const seen = new Set<string>();
  return sortedByText(groups).map((group) => {
    let name = group.name;
    for (let count = 2; seen.has(name) || (name !== group.name && taken.has(name)); count += 1)
      name = `${group.name}_${count}`;
    seen.add(name);
    return { ...group, name };
  });
}

function sortedByText(groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const keyed = groups.map((group) => ({ group, key: `${group.name}\0${JSON.stringify(group)}` }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ group }) => group);
}

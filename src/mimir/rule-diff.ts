import type { RuleGroup, RulerState } from './rule-group.ts';
import { isOurs } from './namespaces.ts';

/** One request to the ruler. */
export type RuleChange =
  | { readonly kind: 'put-rule-group'; readonly namespace: string; readonly group: RuleGroup }
  | { readonly kind: 'delete-rule-group'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'delete-namespace'; readonly namespace: string };

/**
 * Compares what the ruler holds with what it should hold. Writes come before deletions, so that a rule that moves is never
 * missing; within each, namespaces and names are sorted.
 *
 * @param current - from the ruler; namespaces that are not ours are left alone.
 * @param wanted - by namespace; a namespace of ours that is absent should not exist.
 * @param observed - the namespaces that `wanted` knows about, when it does not know about all; others are left alone.
 */
export function diffRuleGroups(
  current: RulerState,
  wanted: RulerState,
  observed?: ReadonlySet<string>,
): readonly RuleChange[] {
  const namespaces = [...new Set([...current.keys(), ...wanted.keys()])]
    .filter((namespace) => isOurs(namespace) && (observed?.has(namespace) ?? true))
    .sort();
  const changes = namespaces.flatMap((namespace) =>
    diffNamespace(namespace, current.get(namespace) ?? [], wanted.get(namespace) ?? []),
  );
  return [
    ...changes.filter(({ kind }) => kind === 'put-rule-group'),
    ...changes.filter(({ kind }) => kind !== 'put-rule-group'),
  ];
}

function diffNamespace(
  namespace: string,
  current: readonly RuleGroup[],
  wanted: readonly RuleGroup[],
): readonly RuleChange[] {
  if (wanted.length === 0) return current.length === 0 ? [] : [{ kind: 'delete-namespace', namespace }];
  const held = new Map(current.map((group) => [group.name, JSON.stringify(group)]));
  const names = new Set(wanted.map(({ name }) => name));
  return [
    ...sortedByName(wanted)
      .filter((group) => held.get(group.name) !== JSON.stringify(group))
      .map((group) => ({ kind: 'put-rule-group' as const, namespace, group })),
    ...sortedByName(current)
      .filter(({ name }) => !names.has(name))
      .map(({ name }) => ({ kind: 'delete-rule-group' as const, namespace, name })),
  ];
}

/** Rule groups by name, of which a namespace holds each but once. */
export function sortedByName(groups: readonly RuleGroup[]): readonly RuleGroup[] {
  return [...groups].sort((a, b) => (a.name < b.name ? -1 : 1));
}

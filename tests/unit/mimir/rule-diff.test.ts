import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffRuleGroups } from '../../../src/mimir/rule-diff.ts';
import type { RuleChange } from '../../../src/mimir/rule-diff.ts';
import type { RuleGroup, RulerState } from '../../../src/mimir/rule-group.ts';

const group = (name: string, expr = '1'): RuleGroup => ({ name, rules: [{ record: 'r', expr }] });
const state = (namespaces: Readonly<Record<string, readonly RuleGroup[]>>): RulerState =>
  new Map(Object.entries(namespaces));

describe('only differences are changed', () => {
  test('writes come first, and both are sorted', () => {
    const current = state({ 'juju-relation-1': [group('z'), group('b'), group('same')] });
    const wanted = state({
      'juju-relation-2': [group('c')],
      'juju-relation-1': [group('same'), group('b', '2'), group('a')],
    });
    expect(diffRuleGroups(current, wanted)).toEqual([
      { kind: 'put-rule-group', namespace: 'juju-relation-1', group: group('a') },
      { kind: 'put-rule-group', namespace: 'juju-relation-1', group: group('b', '2') },
      { kind: 'put-rule-group', namespace: 'juju-relation-2', group: group('c') },
      { kind: 'delete-rule-group', namespace: 'juju-relation-1', name: 'z' },
    ]);
  });

  test.each([
    ['absent', {}],
    ['empty', { 'juju-relation-1': [] }],
  ])('a namespace that is %s in the plan goes whole', (_name, wanted) => {
    expect(diffRuleGroups(state({ 'juju-relation-1': [group('a')] }), state(wanted))).toEqual([
      { kind: 'delete-namespace', namespace: 'juju-relation-1' },
    ]);
  });

  test('an empty namespace that does not exist is no difference', () => {
    expect(diffRuleGroups(state({}), state({ 'juju-relation-1': [] }))).toEqual([]);
  });
});

test('namespaces of users are left alone', () => {
  expect(
    diffRuleGroups(state({ anonymous: [group('a')], 'juju-relation-x': [group('b')] }), state({})),
  ).toEqual([]);
});

test('namespaces that were not observed are left alone', () => {
  const current = state({ 'juju-relation-1': [group('a')], 'juju-relation-2': [group('b')] });
  expect(diffRuleGroups(current, state({}), new Set(['juju-relation-2']))).toEqual([
    { kind: 'delete-namespace', namespace: 'juju-relation-2' },
  ]);
});

const namespaces = fc.constantFrom('juju-relation-1', 'juju-relation-2', 'anonymous');
const groups = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2')), {
  selector: ([name]) => name,
});
const states = fc
  .array(fc.tuple(namespaces, groups))
  .map((entries) => new Map(entries.map(([name, list]) => [name, list.map(([n, expr]) => group(n, expr))])));

test('after the changes were made there are none, and users keep what they had', () => {
  fc.assert(
    fc.property(states, states, (current, wanted) => {
      const after = apply(current, diffRuleGroups(current, wanted));
      expect(diffRuleGroups(after, wanted)).toEqual([]);
      expect(after.get('anonymous')).toEqual(current.get('anonymous'));
    }),
  );
});

/** What the ruler would make of `changes`. */
function apply(current: RulerState, changes: readonly RuleChange[]): RulerState {
  const after = new Map(
    [...current].map(([name, list]) => [name, new Map(list.map((item) => [item.name, item]))]),
  );
  for (const change of changes) {
    const held = after.get(change.namespace) ?? new Map<string, RuleGroup>();
    after.set(change.namespace, held);
    if (change.kind === 'put-rule-group') held.set(change.group.name, change.group);
    else if (change.kind === 'delete-rule-group') held.delete(change.name);
    else after.delete(change.namespace);
  }
  return new Map([...after].map(([name, list]) => [name, [...list.values()]]));
}

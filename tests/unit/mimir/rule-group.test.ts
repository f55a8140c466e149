import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRuleGroup } from '../../../src/mimir/rule-group.ts';
import { senderGroups } from './rule-arbitraries.ts';

const rules = [{ alert: 'A', expr: 'up == 0' }];

function groupOf(value: unknown): unknown {
  const result = parseRuleGroup(value);
  return 'group' in result ? result.group : result;
}

describe('a group is parsed into the form that the ruler returns', () => {
  test.each([
    ['durations', { interval: '90s', query_offset: '1d' }, { interval: '1m30s', query_offset: '24h' }],
    ['zeros', { interval: '0s', query_offset: 0, limit: 0, labels: {} }, {}],
    ['nulls', { interval: null, limit: null, labels: null }, {}],
    ['numbers', { limit: '5', labels: { n: 5, t: true } }, { limit: 5, labels: { n: '5', t: 'true' } }],
    ['keys that Mimir would refuse', { source_tenants: [], partial_response_strategy: 'warn' }, {}],
  ])('%s', (_name, given, parsed) => {
    expect(groupOf({ name: 'g', rules, ...given })).toEqual({ name: 'g', rules, ...parsed });
  });

  test('rules', () => {
    const rule = {
      alert: 'A',
      expr: 1,
      for: '60m',
      keep_firing_for: '0s',
      annotations: {},
      labels: { b: 1, a: '' },
    };
    expect(groupOf({ name: 'g', rules: [rule] })).toEqual({
      name: 'g',
      rules: [{ alert: 'A', expr: '1', for: '1h', labels: { a: '', b: '1' } }],
    });
  });
});

test('the order of keys does not show', () => {
  const one = groupOf({ name: 'g', labels: { a: 'b', c: 'd' }, rules: [{ expr: '1', record: 'r' }] });
  const other = groupOf({ rules: [{ record: 'r', expr: '1' }], labels: { c: 'd', a: 'b' }, name: 'g' });
  expect(JSON.stringify(other)).toBe(JSON.stringify(one));
});

test.each([
  ['no name', { rules }, 'a rule group: name: '],
  [
    'a name that ends in another folder',
    { name: '..', rules },
    'rule group "..": name: cannot be part of a URL',
  ],
  ['no rules', { name: 'g', rules: [] }, 'rule group "g": rules: '],
  ['a rule without an expression', { name: 'g', rules: [{ alert: 'A' }] }, 'rule group "g": rules.0.expr: '],
  [
    'a rule of no kind',
    { name: 'g', rules: [{ expr: '1' }] },
    'rule group "g": rules.0: needs "alert" or "record"',
  ],
  [
    'a bad duration',
    { name: 'g', rules, interval: '5 min' },
    'rule group "g": interval: "5 min" is not a duration',
  ],
  ['text', 'g', 'a rule group: : '],
  ['nothing', undefined, 'a rule group: name: '],
])('%s is refused with its place', (_name, value, problem) => {
  const result = parseRuleGroup(value);
  expect('problem' in result && result.problem).toContain(problem);
});

test('parsing twice is parsing once', () => {
  fc.assert(
    fc.property(senderGroups, (groups) => {
      for (const group of groups) {
        const once = groupOf(group);
        expect(JSON.stringify(groupOf(once))).toBe(JSON.stringify(once));
      }
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RuleGroup } from '../../../src/mimir/rule-group.ts';
import { isOurs, namespaceOf, relationIdOf } from '../../../src/mimir/namespaces.ts';
import { prepareRuleGroups } from '../../../src/mimir/rules.ts';
import { databagFixture } from '../interfaces/databag-fixture.ts';
import { senderGroups } from './rule-arbitraries.ts';

const juju = {
  juju_model: 'lma',
  juju_model_uuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
  juju_application: 'agent',
};
const matchers =
  'juju_application="agent",juju_model="lma",juju_model_uuid="3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c"';

function prepare(groups: readonly unknown[]): readonly RuleGroup[] {
  const result = prepareRuleGroups(groups);
  if ('problem' in result) throw new Error(result.problem);
  return result.groups;
}

describe('namespaces', () => {
  test('carry the relation and are told from those of users', () => {
    fc.assert(
      fc.property(fc.nat(), (id) => {
        expect(relationIdOf(namespaceOf(id))).toBe(id);
        expect(isOurs(namespaceOf(id))).toBe(true);
      }),
    );
  });

  test.each(['anonymous', 'juju-relation-', 'juju-relation-x', 'juju-relation-07', 'my-juju-relation-7', ''])(
    '"%s" is not ours',
    (namespace) => {
      expect(isOurs(namespace)).toBe(false);
      expect(relationIdOf(namespace)).toBeUndefined();
    },
  );
});

describe("a real sender's rules", () => {
  const sent = z.object({ groups: z.array(z.unknown()) });
  const bag = databagFixture('prometheus_remote_write').requirer_app;
  const { groups } = sent.parse(JSON.parse(bag['alert_rules'] ?? ''));

  test('are restricted to the application that they are labelled with', () => {
    expect(prepare(groups).flatMap((group) => group.rules.map(({ expr }) => expr))).toEqual([
      `absent(up{${matchers}})`,
      `absent(up{${matchers}})`,
      `absent(up{${matchers}})`,
      `rate(cpu{${matchers}}[5m]) > 0.5`,
      `sum by (job) (rate(cpu{${matchers}}[5m]))`,
      `up{${matchers}} == 0`,
    ]);
  });

  test('keep everything else', () => {
    expect(prepare(groups)[1]).toMatchObject({
      name: 'lma_3f0e8c1a_agent_g1_rules',
      interval: '2m',
      rules: [{ alert: 'HighCpu', for: '10m', annotations: { summary: 'cpu {{ $labels.instance }}' } }, {}],
    });
  });
});

test.each([
  ['one label missing', { juju_model: 'lma', juju_application: 'agent' }],
  ['one label empty', { ...juju, juju_model: '' }],
  ['no labels', undefined],
])('with %s nothing is injected, and the place-holder still goes', (_name, labels) => {
  const rule = { record: 'r', expr: 'up{%%juju_topology%%}', labels };
  expect(prepare([{ name: 'g', rules: [rule] }])[0]?.rules[0]?.expr).toBe('up{}');
});

test('labels of the group count as labels of its rules', () => {
  const group = { name: 'g', labels: juju, rules: [{ record: 'r', expr: 'up' }] };
  expect(prepare([group])[0]?.rules[0]?.expr).toBe(`up{${matchers}}`);
});

test('groups of one name are made distinct without taking the name of a third', () => {
  const group = (name: string, expr: string) => ({ name, rules: [{ record: 'r', expr }] });
  const prepared = prepare([group('a', '2'), group('a_2', '3'), group('a', '1'), group('a', '4')]);
  expect(prepared.map(({ name, rules }) => `${name}=${rules[0]?.expr ?? ''}`)).toEqual([
    'a=1',
    'a_3=2',
    'a_4=4',
    'a_2=3',
  ]);
});

test.each([
  [
    [{ name: 'g', rules: [{ alert: 'Broken', expr: 'up ==' }] }],
    'rule group "g", rule "Broken": not a PromQL expression: it ends too early (line 1, character 6)',
  ],
  [[{ name: 'fine', rules: [{ record: 'r', expr: '1' }] }, {}], 'a rule group: name: '],
])('one mistake drops all and is named', (groups, problem) => {
  const result = prepareRuleGroups(groups);
  expect('problem' in result && result.problem).toContain(problem);
});

test('the order in which a sender lists its groups does not show', () => {
  const shuffled = senderGroups.chain((groups) =>
    fc.tuple(fc.constant(groups), fc.shuffledSubarray(groups, { minLength: groups.length })),
  );
  fc.assert(
    fc.property(shuffled, ([groups, other]) => {
      expect(JSON.stringify(prepare(other))).toBe(JSON.stringify(prepare(groups)));
    }),
  );
});

test('names are distinct, whatever a sender calls its groups', () => {
  fc.assert(
    fc.property(senderGroups, (groups) => {
      const prepared = prepare(groups);
      expect(new Set(prepared.map(({ name }) => name)).size).toBe(groups.length);
    }),
  );
});

test('anything gives an answer and no exception', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      const result = prepareRuleGroups(values);
      expect('groups' in result || result.problem !== '').toBe(true);
    }),
  );
});

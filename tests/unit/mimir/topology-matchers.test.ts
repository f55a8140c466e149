import { parser } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { injectMatchers } from '../../../src/mimir/topology-matchers.ts';

const topology = { juju_model: 'lma', juju_application: 'agent' };
const both = 'juju_application="agent",juju_model="lma"';

describe('matchers are added to', () => {
  test.each([
    ['a bare metric', 'up', `up{${both}}`],
    ['empty braces', 'rate(cpu{}[5m]) > 0.5', `rate(cpu{${both}}[5m]) > 0.5`],
    ['a selector without a metric', '{job="a"}', `{${both},job="a"}`],
    ['nothing but braces', 'count({})', `count({${both}})`],
    ['a name among the matchers', '{__name__="x"}', `{${both},__name__="x"}`],
    ['a quoted name', '{"my.metric", a="b"}', `{${both},"my.metric", a="b"}`],
    ['a recorded metric', 'job:cpu:rate5m', `job:cpu:rate5m{${both}}`],
    ['a trailing comma', 'up{a="b",}', `up{${both},a="b",}`],
    ['each side of an operator', 'a / on(x) group_left(y) b', `a{${both}} / on(x) group_left(y) b{${both}}`],
    ['aggregations', 'sum by (job) (rate(a[1m]))', `sum by (job) (rate(a{${both}}[1m]))`],
    ['aggregations from behind', 'SUM(a) without (x)', `SUM(a{${both}}) without (x)`],
    ['subqueries', 'max_over_time(rate(a[1m])[1h:5m])', `max_over_time(rate(a{${both}}[1m])[1h:5m])`],
    ['offsets', 'a offset 5m', `a{${both}} offset 5m`],
    ['times', 'a @ end() - a @ 10', `a{${both}} @ end() - a{${both}} @ 10`],
    ['arguments', 'absent(up{job=~"x|}"})', `absent(up{${both},job=~"x|}"})`],
    ['selectors before a comment', 'up{ # c }\n} # {a}', `up{${both} # c }\n} # {a}`],
    ['negations', '-up unless vector(1)', `-up{${both}} unless vector(1)`],
  ])('%s', (_name, expr, injected) => {
    expect(injectMatchers(expr, topology)).toEqual({ expr: injected });
  });
});

test.each([
  ['up{juju_model="other"}', 'up{juju_application="agent",juju_model="other"}'],
  ['up{"juju_model"=~".+"}', 'up{juju_application="agent","juju_model"=~".+"}'],
  [`up{juju_model!="x",juju_application='a'}`, `up{juju_model!="x",juju_application='a'}`],
])('%s keeps the matcher that it has', (expr, injected) => {
  expect(injectMatchers(expr, topology)).toEqual({ expr: injected });
});

test.each([
  ['up{%%juju_topology%%}', `up{${both}}`],
  ['up{%%juju_topology%%, job="a"}', `up{${both}, job="a"}`],
  ['up{job="a", %%juju_topology%%}', `up{${both},job="a", }`],
  ['rate(a{%%juju_topology%% ,b="c"}[1m])', `rate(a{${both},b="c"}[1m])`],
])('the place-holder goes from %s', (expr, injected) => {
  const result = injectMatchers(expr, topology);
  expect('expr' in result && result.expr.replaceAll(' ', '')).toBe(injected.replaceAll(' ', ''));
});

test('no labels leave an expression as it is, but for the place-holder', () => {
  expect(injectMatchers('sum(up{%%juju_topology%%})', {})).toEqual({ expr: 'sum(up{})' });
});

test('a value is quoted', () => {
  expect(injectMatchers('up', { a: 'x"}\\' })).toEqual({ expr: String.raw`up{a="x\"}\\"}` });
});

test.each([
  ['', 'it ends too early (line 1, character 1)'],
  ['up ==', 'it ends too early (line 1, character 6)'],
  ['sum(up))', 'unexpected ")" (line 1, character 8)'],
  ['up{job="a}', 'unexpected ""a}" (line 1, character 8)'],
  ['sum(\n  nosuch(up)\n)', 'unexpected "(up)\n)" (line 2, character 9)'],
  ['count_over_time({app="a"} |= "x" [5m])', 'unexpected "|= "x" [5m])" (line 1, character 27)'],
])('%j is no PromQL, and it is said where', (expr, why) => {
  expect(injectMatchers(expr, topology)).toEqual({ problem: `not a PromQL expression: ${why}` });
});

const label = fc.constantFrom('job="a"', 'juju_model="m"', '"x.y"!="b"', "le=~'.+'", '__name__="n"');
const selector = fc
  .tuple(fc.constantFrom('up', 'a:b', 'sum'), fc.option(fc.uniqueArray(label)), fc.constantFrom('', ' '))
  .map(([name, labels, space]) => (labels === null ? name : `${name}${space}{${labels.join(',')}}`));
const expression = fc.letrec<{ expr: string }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small' },
    selector,
    fc
      .tuple(tie('expr'), fc.constantFrom('+', 'and on(x)', '> bool'), tie('expr'))
      .map((parts) => parts.join(' ')),
    tie('expr').map((inner) => `max by (a) ((${inner})[5m:])`),
    tie('expr').map((inner) => `(${inner}) offset 1h`),
    selector.map((inner) => `rate(${inner}[5m] @ start())`),
  ),
})).expr;

test('injecting twice is injecting once', () => {
  fc.assert(
    fc.property(expression, (expr) => {
      const once = injectMatchers(expr, topology);
      expect('expr' in once && injectMatchers(once.expr, topology)).toEqual(once);
    }),
  );
});

test('every selector names every label afterwards, and the rest of the expression is as it was', () => {
  fc.assert(
    fc.property(expression, (expr) => {
      const result = injectMatchers(expr, topology);
      const injected = 'expr' in result ? result.expr : '';
      const names = selectorsIn(injected);
      expect(names.length).toBe(selectorsIn(expr).length);
      for (const text of names) expect(text).toMatch(/juju_application=.*juju_model=/);
      const bare = (text: string) => text.replace(/juju_\w+="(agent|lma)",?/g, '').replaceAll('{}', '');
      expect(bare(injected)).toBe(bare(expr));
    }),
  );
});

test('any text gives an answer and no exception', () => {
  const pieces = fc.constantFrom(
    'up',
    '{',
    '}',
    '"',
    "'",
    '(',
    ')',
    '[5m]',
    ',',
    '=',
    '%%juju_topology%%',
    ' ',
    '#',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (text) => {
        const result = injectMatchers(text, topology);
        expect('expr' in result || result.problem.startsWith('not a PromQL expression: ')).toBe(true);
      },
    ),
  );
});

function selectorsIn(expr: string): string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'VectorSelector') found.push(expr.slice(from, to));
    },
  });
  return found;
}

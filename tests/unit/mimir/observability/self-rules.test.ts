import { describe, expect, test } from 'vitest';
import { alertGroups } from '../../../../src/mimir/observability/alerts.ts';
import { logAlertGroups } from '../../../../src/mimir/observability/log-alerts.ts';
import { selfRules } from '../../../../src/mimir/observability/self-rules.ts';
import { injectMatchers } from '../../../../src/mimir/topology-matchers.ts';

const topology = {
  model: 'cos',
  modelUuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
  application: 'mimir-k8s',
  charm: 'mimir-k8s',
};
const groups = selfRules(alertGroups, topology);
const logGroups = selfRules(logAlertGroups, topology);
const logAlerts = logGroups.flatMap(({ rules }) => rules);
const alerts = groups.flatMap(({ rules }) => rules);
const matchers = {
  juju_application: 'mimir-k8s',
  juju_model: 'cos',
  juju_model_uuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
};

test('groups have names that Juju’s libraries leave as they are', () => {
  for (const { name } of [...groups, ...logGroups]) {
    expect(name).toMatch(/^.*?_[0-9a-f]{8}_.*?rules$/);
    expect(name).toMatch(/^[a-zA-Z0-9_:]+$/);
  }
  expect(groups[0]?.name).toBe('cos_3f0e8c1a_mimir_k8s_MimirUnits_rules');
});

test('no two alerts have one name', () => {
  const names = [...alerts, ...logAlerts].map(({ alert }) => alert);
  expect(new Set(names).size).toBe(names.length);
});

test.each(alerts)('$alert is PromQL, and of this application alone in each of its selectors', ({ expr }) => {
  expect(injectMatchers(expr, matchers)).toEqual({ expr });
  expect(expr).not.toContain('%%');
});

test.each(logAlerts)('$alert is of the logs of this application alone', ({ expr }) => {
  const selectors = expr.match(/\{[^}]*\}/g) ?? [];
  expect(selectors).not.toEqual([]);
  for (const selector of selectors)
    for (const [label, value] of Object.entries(matchers)) expect(selector).toContain(`${label}="${value}"`);
  expect(expr).not.toContain('%%');
});

describe.each([...alerts, ...logAlerts])('$alert', ({ labels, annotations }) => {
  test('says whose it is, how bad it is, and what to do', () => {
    expect(labels).toMatchObject({ ...matchers, juju_charm: 'mimir-k8s' });
    expect(['critical', 'warning']).toContain(labels['severity']);
    expect(annotations['summary']).toMatch(/\.$/);
    expect(annotations['description']).toMatch(/\.$/);
  });
});

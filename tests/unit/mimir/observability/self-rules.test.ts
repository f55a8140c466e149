import { describe, expect, test } from 'vitest';
import { selfRules } from '../../../../src/mimir/observability/self-rules.ts';
import { injectMatchers } from '../../../../src/mimir/topology-matchers.ts';

const topology = {
  model: 'cos',
  modelUuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
  application: 'mimir-k8s',
  charm: 'mimir-k8s',
};
const groups = selfRules(topology);
const alerts = groups.flatMap(({ rules }) => rules);
const matchers = {
  juju_application: 'mimir-k8s',
  juju_model: 'cos',
  juju_model_uuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
};

test('groups have names that Juju’s libraries leave as they are', () => {
  for (const { name } of groups) {
    expect(name).toMatch(/^.*?_[0-9a-f]{8}_.*?rules$/);
    expect(name).toMatch(/^[a-zA-Z0-9_:]+$/);
  }
  expect(groups[0]?.name).toBe('cos_3f0e8c1a_mimir_k8s_MimirUnits_rules');
});

test('no two alerts have one name', () => {
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
});

describe.each(alerts)('$alert', ({ expr, labels, annotations }) => {
  test('is PromQL, and of this application alone in each of its selectors', () => {
    expect(injectMatchers(expr, matchers)).toEqual({ expr });
    expect(expr).not.toContain('%%');
  });

  test('says whose it is, how bad it is, and what to do', () => {
    expect(labels).toMatchObject({ ...matchers, juju_charm: 'mimir-k8s' });
    expect(['critical', 'warning']).toContain(labels['severity']);
    expect(annotations['summary']).toMatch(/\.$/);
    expect(annotations['description']).toMatch(/\.$/);
  });
});

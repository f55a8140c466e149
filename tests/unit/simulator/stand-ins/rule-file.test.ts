import { describe, expect, it } from 'vitest';
import { publishRules } from '../../../../src/simulator/stand-ins/rule-file.ts';

const topology = {
  model: 'lma',
  modelUuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
  application: 'agent',
  unit: 'agent/0',
  charmName: 'grafana-agent-k8s',
};
const jujuLabels = {
  juju_model: 'lma',
  juju_model_uuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
  juju_application: 'agent',
  juju_charm: 'grafana-agent-k8s',
};

describe('published rules', () => {
  it('are named after the topology and labelled with it, as the library of the real sender does', () => {
    const text = `
groups:
  - name: g1
    interval: 2m
    rules:
      - alert: HighCpu
        expr: rate(cpu{%%juju_topology%%}[5m]) > 0.5
        for: 10m
        labels: {severity: critical}
        annotations: {summary: "cpu {{ $labels.instance }}"}
      - record: job:cpu:rate5m
        expr: sum by (job) (rate(cpu[5m]))
`;
    // The groups of the capture in the fact sheets (databags/prometheus_remote_write.json), re-typed.
    expect(JSON.parse(publishRules(text, topology))).toEqual({
      groups: [
        {
          name: 'lma_3f0e8c1a_agent_g1_rules',
          interval: '2m',
          rules: [
            {
              alert: 'HighCpu',
              expr: 'rate(cpu{}[5m]) > 0.5',
              for: '10m',
              labels: { severity: 'critical', ...jujuLabels },
              annotations: { summary: 'cpu {{ $labels.instance }}' },
            },
            { record: 'job:cpu:rate5m', expr: 'sum by (job) (rate(cpu[5m]))', labels: jujuLabels },
          ],
        },
      ],
    });
  });

  it('make a group of a single rule', () => {
    const published: unknown = JSON.parse(publishRules('{alert: Down, expr: up == 0}', topology));
    expect(published).toEqual({
      groups: [
        {
          name: 'lma_3f0e8c1a_agent_single_rules',
          rules: [{ alert: 'Down', expr: 'up == 0', labels: jujuLabels }],
        },
      ],
    });
  });

  it('keep the name and labels of a rule that carries a topology already', () => {
    const name = 'other_01234567_app_x_rules';
    const text = `groups: [{name: ${name}, rules: [{alert: A, expr: "1", labels: {juju_application: app}}]}]`;
    expect(JSON.parse(publishRules(text, topology))).toMatchObject({
      groups: [{ name, rules: [{ labels: { ...jujuLabels, juju_application: 'app' } }] }],
    });
  });

  it('replace dashes in group names', () => {
    expect(publishRules('{record: a, expr: b}', { ...topology, application: 'my-agent' })).toContain(
      '"name":"lma_3f0e8c1a_my_agent_single_rules"',
    );
  });

  it.each(['', ' \n', 'groups: []'])('are an empty object for %j', (text) => {
    expect(publishRules(text, topology)).toBe('{}');
  });

  it.each(['just words', '[1, 2]', 'groups: 3', 'a: [b', 'groups: [{name: g, rules: [{alert: x}]}]'])(
    'are refused with a reason for %j',
    (text) => {
      expect(() => publishRules(text, topology)).toThrow(/^cannot read rules: /);
    },
  );
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertFile, query, rules, runAction, statusOf, unitStatus } from '../support/mimir-story.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

describe('a sender of metrics and rules over OTLP', () => {
  let simulation: Simulation;
  const setRules = async (set: Record<string, string>) => {
    await simulation.ask({ command: 'config', application: 'collector', set, reset: [] });
    await simulation.settle();
  };
  // Mimir: the ruler looks at what was a minute ago, unless the group says otherwise.
  const recording =
    'groups: [{name: g, interval: 2s, query_offset: 1s, rules: [{record: otlp:doubled, expr: 2 * max(otlp_value)}]}]';

  beforeAll(async () => {
    simulation = await startSimulation();
    await simulation.deployMimir();
    await simulation.ask({
      command: 'deploy',
      charm: 'otlp-sender',
      application: 'collector',
      config: { rules: recording },
    });
    await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'collector'] });
    await simulation.settle();
  });
  afterAll(async () => {
    await simulation.close();
  });

  test('is told where to send, and its metric comes back by a query', async () => {
    const url = 'http://mimir-k8s.demo.svc.cluster.local:9009/otlp';
    expect(await unitStatus(simulation, 'collector/0')).toBe(`active: can send to ${url}`);
    const value = Math.floor(Math.random() * 1e9);
    await runAction(simulation, 'collector/0', { action: 'send', parameters: { value } });
    const labels = 'juju_application="collector", job="collector", instance="collector/0"';
    const found = await eventually('the metric', async () => {
      const values = await query(simulation, `otlp_value{${labels}}`);
      return values.includes(String(value)) ? value : undefined;
    });
    expect(found).toBe(value);
  });

  test('has its rules evaluated, of which the databag holds but compressed text', async () => {
    await runAction(simulation, 'collector/0', { action: 'send', parameters: { value: 21 } });
    const doubled = await eventually('the recorded series', async () => {
      const values = await query(simulation, 'otlp:doubled');
      return values.includes('42') ? values : undefined;
    });
    expect(doubled).toEqual(['42']);
  });

  test.each([
    ['rules that are not compressed', { raw_rules: '"Z3JvdXBzOg=="' }],
    ['broken PromQL', { rules: alertFile('shared', 'FromOtlp', 'sum by (') }],
  ])('with %s has them left out, with a warning, until they are mended', async (_what, set) => {
    await setRules(set);
    expect(await unitStatus(simulation, 'mimir-k8s/0')).toMatch(
      /^active: \[receive-otlp:\d+\] The rules of collector are left out/,
    );
    expect(await rules(simulation)).not.toContain('juju-relation');
    await setRules({ raw_rules: '', rules: alertFile('shared', 'FromOtlp') });
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
    expect(await rules(simulation)).toContain('FromOtlp');
  });

  test('takes its rules along when the relation is removed', async () => {
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', 'collector'] });
    await simulation.settle();
    expect(await rules(simulation)).not.toContain('FromOtlp');
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
  });
});

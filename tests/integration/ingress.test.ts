import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ingressPort } from '../../src/simulator/stand-ins/ingress/routes.ts';
import type { Ask } from '../support/http.ts';
import { mimirPid, query, runAction, statusOf } from '../support/mimir-story.ts';
import { ourBags } from '../support/our-bags.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

const outside = 'http://ingress.demo.svc.cluster.local/demo-mimir-k8s';
const inside = 'http://mimir-k8s.demo.svc.cluster.local:9009';

describe('behind an ingress', () => {
  let simulation: Simulation;
  let gateway: Ask;
  beforeAll(async () => {
    simulation = await startSimulation({ reach: [{ unit: 'ingress/0', port: ingressPort }] });
    gateway = simulation.direct('ingress/0', ingressPort);
    for (const [charm, application] of [
      ['ingress', 'ingress'],
      ['remote-write-sender', 'sender'],
      ['grafana', 'grafana'],
    ] as const)
      await simulation.ask({ command: 'deploy', charm, application });
    await simulation.deployMimir();
    for (const other of ['ingress', 'sender', 'grafana'])
      await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', other] });
    await simulation.settle();
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
  });
  afterAll(() => simulation.close());

  const pushUrl = async () => {
    const bags = await ourBags(simulation, 'mimir-k8s/0');
    return bags.find(({ endpoint }) => endpoint === 'receive-remote-write')?.unit['remote_write'];
  };

  test('Mimir is reached below the path that the ingress gave it', async () => {
    expect(await gateway('/demo-mimir-k8s/ready')).toMatchObject({ status: 200 });
    expect(await gateway('/ready')).toMatchObject({ status: 404 });
  });

  test('samples are written and read through it', async () => {
    expect(await pushUrl()).toContain(`${outside}/api/v1/push`);
    await runAction(simulation, 'sender/0', { action: 'send', parameters: { value: 4711 } });
    await eventually('the sample', async () =>
      (await query(simulation, 'juju_sim_value')).includes('4711') ? true : undefined,
    );
    const promql = encodeURIComponent('juju_sim_value == 4711');
    const answer = await gateway(`/demo-mimir-k8s/prometheus/api/v1/query?query=${promql}`);
    expect(answer.text).toContain('4711');
  });

  test('without it all are told the URL inside the cluster again, and nothing restarts', async () => {
    const pid = await mimirPid(simulation, 'mimir-k8s/0');
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', 'ingress'] });
    await simulation.settle();
    expect(await pushUrl()).toContain(`${inside}/api/v1/push`);
    expect(await gateway('/demo-mimir-k8s/ready')).toMatchObject({ status: 404 });
    expect(await mimirPid(simulation, 'mimir-k8s/0')).toBe(pid);
    await runAction(simulation, 'sender/0', { action: 'send', parameters: { value: 4712 } });
    await eventually('the sample', async () =>
      (await query(simulation, 'juju_sim_value')).includes('4712') ? true : undefined,
    );
  });
});

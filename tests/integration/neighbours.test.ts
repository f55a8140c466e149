import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workloadView } from '../support/dispatch-seam.ts';
import { statusOf } from '../support/mimir-story.ts';
import { ourBags } from '../support/our-bags.ts';
import { root, startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';
const inside = 'https://mimir-k8s.demo.svc.cluster.local:9009';
const outside = 'http://ingress.demo.svc.cluster.local/demo-mimir-k8s';

/** Relations that come and go; what each is with, as `integrate` takes it. */
const relations: readonly (readonly [string, string])[] = [
  ['mimir-k8s:ingress', 'ingress'],
  ['mimir-k8s:prometheus-api', 'neighbour:prometheus-api'],
  ['mimir-k8s:send-datasource', 'neighbour:receive-datasource'],
  ['mimir-k8s:catalogue', 'neighbour:catalogue'],
  ['mimir-k8s:receive-otlp', 'otlp-sender'],
  ['mimir-k8s:receive-ca-cert', 'authority:send-ca-cert'],
  ['mimir-k8s:certificates', 'authority:certificates'],
];

/** Orders in which they go; each relation is first, last or in between in one of them. */
const orders = [
  [0, 1, 2, 3, 4, 5, 6],
  [4, 2, 6, 5, 0, 3, 1],
  [6, 5, 3, 4, 1, 0, 2],
];

describe('a Mimir with neighbours of every kind', () => {
  let simulation: Simulation;
  /** What the charm has written for those that stay, and what is in Mimir's container. */
  const world = async () => {
    const bags = await ourBags(simulation, unit);
    const workload = await workloadView(simulation, unit);
    return { bags, workload };
  };
  const bagOf = async (endpoint: string) => {
    const found = (await ourBags(simulation, unit)).find((relation) => relation.endpoint === endpoint);
    return found?.app ?? {};
  };

  beforeAll(async () => {
    simulation = await startSimulation();
    for (const [charm, application] of [
      ['remote-write-sender', 'sender'],
      ['grafana', 'grafana'],
      ['ingress', 'ingress'],
      ['otlp-sender', 'otlp-sender'],
      ['self-signed-certificates', 'authority'],
      [join(root, 'tests/fixtures/charms/neighbour'), 'neighbour'],
    ] as const)
      await simulation.ask({ command: 'deploy', charm, application });
    await simulation.deployMimir();
    for (const other of ['sender', 'grafana'])
      await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', other] });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
  });
  afterAll(() => simulation.close());

  test.each(orders)(
    'is as if it had never had them when they go in the order %i %i %i %i %i %i %i',
    async (...order) => {
      const before = await world();
      for (const [ours, theirs] of relations)
        await simulation.ask({ command: 'integrate', endpoints: [ours, theirs] });
      await simulation.settle();
      await statusOf(simulation, unit, /^active$/);
      expect(await bagOf('prometheus-api')).toEqual({
        direct_url: `${inside}/prometheus`,
        ingress_url: `${outside}/prometheus`,
      });
      expect(await bagOf('catalogue')).toMatchObject({ name: 'Mimir', url: `${outside}/` });
      expect(await bagOf('send-datasource')).toMatchObject({
        datasources: expect.stringContaining('"type":"prometheus"'),
      });
      expect(await bagOf('receive-otlp')).toMatchObject({
        endpoints: expect.stringContaining(`${outside}/otlp`),
      });
      for (const index of order) {
        const [ours = '', theirs = ''] = relations[index] ?? [];
        await simulation.ask({ command: 'remove-relation', endpoints: [ours, theirs] });
        await simulation.settle();
        await statusOf(simulation, unit, /^active$/);
      }
      expect(await world()).toEqual(before);
    },
  );
});

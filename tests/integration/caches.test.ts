import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from '../../src/simulator/stand-ins/memcached/find-program.ts';
import { answerOf, mimirPid, runAction, statusOf } from '../support/mimir-story.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';
const missing = findProgram('memcached') === undefined ? ' (memcached is not installed here)' : '';

describe.skipIf(missing !== '')(`a related memcached${missing}`, () => {
  let simulation: Simulation;
  beforeAll(async () => {
    simulation = await startSimulation();
    const config = { host: 'name' };
    await simulation.ask({ command: 'deploy', charm: 'memcached', application: 'memcached', config });
    await simulation.deployMimir();
    await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s:memcached', 'memcached'] });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
  });
  afterAll(async () => {
    await simulation.close();
  });

  /** A query about an hour that is over: Mimir caches no answer about the last ten minutes. */
  async function query(): Promise<number> {
    const end = Math.floor(Date.now() / 3_600_000) * 3_600 - 3_600;
    const range = `start=${end - 3_600}&end=${end}&step=60`;
    return (await answerOf(simulation, `/prometheus/api/v1/query_range?query=vector(1)&${range}`)).status;
  }

  async function hits(): Promise<number> {
    const { text } = await answerOf(simulation, '/metrics');
    return [...text.matchAll(/^thanos_cache_hits_total\{.*\} (\S+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  }

  test('is looked up by its name and asked: the same query finds its answer there', async () => {
    const { config } = await runAction(simulation, unit, { action: 'get-config' });
    expect(config).toContain('dns+memcached-0.memcached-endpoints.demo.svc.cluster.local:11211');
    expect(await query()).toBe(200);
    const before = await hits();
    await eventually('a hit', async () => {
      expect(await query()).toBe(200);
      return (await hits()) > before ? true : undefined;
    });
    expect(
      Number((await runAction(simulation, 'memcached/0', { action: 'stats' }))['get-hits']),
    ).toBeGreaterThan(0);
  });

  test('whose pod is lost fails no query, and restarts no Mimir when it is back with another address', async () => {
    const pid = await mimirPid(simulation);
    await simulation.ask({ command: 'kill', unit: 'memcached/0', target: { kind: 'pod' } });
    for (let count = 0; count < 5; count += 1) expect(await query()).toBe(200);
    await simulation.settle();
    await simulation.ask({ command: 'fire', unit, hook: 'update-status' });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    expect(await mimirPid(simulation)).toBe(pid);
  });

  test('that is removed is forgotten', async () => {
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', 'memcached'] });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    const { config } = await runAction(simulation, unit, { action: 'get-config' });
    expect(config).not.toContain('memcached-0');
    expect(await query()).toBe(200);
  });
});

test.skipIf(missing !== '')(
  'a memcached in the option that does not resolve is told, and taken in once it does',
  async () => {
    const simulation = await startSimulation();
    try {
      const memcached_addresses = 'memcached:11211';
      await simulation.deployMimir({ config: { memcached_addresses } });
      await simulation.settle();
      await statusOf(simulation, unit, /^active: \[memcached_addresses\] memcached does not resolve/);
      await simulation.ask({ command: 'deploy', charm: 'memcached', application: 'memcached' });
      await simulation.settle();
      await simulation.ask({ command: 'fire', unit, hook: 'update-status' });
      await simulation.settle();
      await statusOf(simulation, unit, /^active$/);
      const { config } = await runAction(simulation, unit, { action: 'get-config' });
      expect(config).toContain('dns+memcached.demo.svc.cluster.local:11211');
    } finally {
      await simulation.close();
    }
  },
);

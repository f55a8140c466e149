import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { mimirPid, runAction, statusOf } from '../support/mimir-story.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';
const streams = z.array(
  z.object({ path: z.string(), labels: z.record(z.string(), z.string()), lines: z.int(), last: z.string() }),
);

describe("Mimir's log", () => {
  let simulation: Simulation;
  let pid: number | undefined;
  const received = async (loki: string) =>
    streams.parse(
      JSON.parse(String((await runAction(simulation, loki, { action: 'list-streams' }))['streams'])),
    );
  /** Lines that came to a path of a Loki. */
  const linesAt = async (loki: string, path: string) =>
    (await received(loki))
      .filter((stream) => stream.path === path)
      .reduce((sum, { lines }) => sum + lines, 0);
  /** Has Mimir log a line: why it refuses this. */
  const say = async () => {
    await simulation.http('/api/v1/push', { method: 'POST', body: 'no samples' });
  };
  /** Waits until a path of a Loki has got more lines than it has by now. */
  const arrives = async (loki: string, path: string) => {
    const before = await linesAt(loki, path);
    await eventually(`a line at ${path} of ${loki}`, async () => {
      await say();
      return (await linesAt(loki, path)) > before ? true : undefined;
    });
  };
  const own = '/loki/api/v1/push';
  const moved = `/cos-loki${own}`;
  const integrate = async (application: string) => {
    await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s:logging', application] });
    await simulation.settle();
  };

  beforeAll(async () => {
    simulation = await startSimulation();
    for (const application of ['loki', 'second'])
      await simulation.ask({ command: 'deploy', charm: 'loki', application });
    await simulation.deployMimir({ config: { log_level: 'debug' } });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    pid = await mimirPid(simulation);
    await integrate('loki');
  });
  afterAll(() => simulation.close());

  test("arrives with Juju's labels, and its alert rules", async () => {
    await arrives('loki/0', own);
    const [stream] = await received('loki/0');
    expect(stream?.labels).toMatchObject({
      juju_model: 'demo',
      juju_application: 'mimir-k8s',
      juju_unit: unit,
      charm: 'mimir-k8s',
      pebble_service: 'mimir',
    });
    const { rules } = await runAction(simulation, 'loki/0', { action: 'list-rules' });
    expect(rules).toContain('MimirCrashed');
  });

  test('arrives at every Loki', async () => {
    await integrate('second');
    await arrives('second/0', own);
    await arrives('loki/0', own);
  });

  test('goes to the new URL when a Loki has moved, and no more to the old one', async () => {
    const set = { 'path-prefix': '/cos-loki' };
    await simulation.ask({ command: 'config', application: 'loki', set });
    await simulation.settle();
    await arrives('loki/0', moved);
    const before = await linesAt('loki/0', own);
    await arrives('loki/0', moved);
    expect(await linesAt('loki/0', own)).toBe(before);
    expect(await mimirPid(simulation)).toBe(pid);
  });

  test('arrives no more without the relation, and Mimir has never been restarted', async () => {
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s:logging', 'loki'] });
    await simulation.settle();
    const before = await linesAt('loki/0', moved);
    await arrives('second/0', own);
    expect(await linesAt('loki/0', moved)).toBe(before);
    expect(await mimirPid(simulation)).toBe(pid);
    await statusOf(simulation, unit, /^active$/);
  });

  test('arrives again after the container has ended', async () => {
    await simulation.ask({ command: 'kill', unit, target: { kind: 'container', container: 'mimir' } });
    await eventually('another Mimir', async () => {
      const found = await mimirPid(simulation);
      return found !== undefined && found !== pid ? found : undefined;
    });
    await statusOf(simulation, unit, /^active$/);
    await arrives('second/0', own);
  });
});

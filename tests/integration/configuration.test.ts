import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, mimirPid, runAction, statusOf, unitStatus } from '../support/mimir-story.ts';
import { root, startSimulation, type Simulation } from '../support/simulation.ts';

const option = 'tsdb_block_retention_period';

/** The built charm, but 48h makes it render a target that passes Mimir's -modules and ends Mimir at its start. */
function faultyCharm(folder: string): string {
  const charm = join(folder, 'charm');
  cpSync(join(root, 'build/charm'), charm, { recursive: true });
  const file = join(charm, 'bundle.cjs');
  const whole = readFileSync(file, 'utf8');
  const fault =
    "...runtime(deployment), ...(deployment.blocksRetention === 1728e5 && { target: 'all,nonsense' })";
  const faulty = whole.replace('...runtime(deployment)', fault);
  if (faulty === whole) throw new Error('cannot inject the fault: the bundle has no ...runtime(deployment)');
  writeFileSync(file, faulty);
  return charm;
}

describe('the configuration', () => {
  let simulation: Simulation;
  const folder = mkdtempSync(join(tmpdir(), 'faulty-charm-'));
  const configure = async (value: string) => {
    await simulation.ask({
      command: 'config',
      application: 'mimir-k8s',
      set: { [option]: value },
      reset: [],
    });
    await simulation.settle();
  };

  beforeAll(async () => {
    simulation = await startSimulation();
    const resources = { 'mimir-image': 'grafana/mimir:3.0.5' };
    await simulation.ask({
      command: 'deploy',
      charm: faultyCharm(folder),
      application: 'mimir-k8s',
      resources,
    });
    await simulation.settle();
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
  });
  afterAll(async () => {
    await simulation.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a bad option is Blocked with words, and the same Mimir answers on', async () => {
    const before = await mimirPid(simulation);
    await configure('1h');
    expect(await unitStatus(simulation, 'mimir-k8s/0')).toMatch(
      /^blocked: \[tsdb_block_retention_period\] .*24h/,
    );
    expect(await mimirPid(simulation)).toBe(before);
    expect((await simulation.http('/ready')).status).toBe(200);
    await configure('24h');
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
    expect(await mimirPid(simulation)).toBe(before);
  });

  test('a new value restarts Mimir once, and Mimir runs with it', async () => {
    const before = await mimirPid(simulation);
    await configure('3d');
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
    expect(await mimirPid(simulation)).not.toBe(before);
    const { config } = await runAction(simulation, 'mimir-k8s/0', { action: 'get-config' });
    expect(String(config).includes('retention_period: 72h0m0s')).toBe(true);
    await configure('24h');
  });

  test('one that passes validation but ends Mimir is rolled back, with Mimir words in the status', async () => {
    await configure('48h');
    expect(await unitStatus(simulation, 'mimir-k8s/0')).toMatch(/^blocked: \[mimir\] .*nonsense/);
    const running = await mimirPid(simulation);
    expect(running).toBeTypeOf('number');
    expect((await answerOf(simulation, '/ready')).status).toBe(200);
    await simulation.ask({ command: 'fire', unit: 'mimir-k8s/0', hook: 'update-status' });
    await simulation.settle();
    expect(await mimirPid(simulation)).toBe(running);
    await configure('24h');
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
    expect(await mimirPid(simulation)).toBe(running);
  });

  test('the last good one is started again when the container restarts with a bad option set', async () => {
    await configure('1h');
    const before = await mimirPid(simulation);
    await simulation.ask({
      command: 'kill',
      unit: 'mimir-k8s/0',
      target: { kind: 'container', container: 'mimir' },
    });
    await statusOf(simulation, 'mimir-k8s/0', /^blocked: \[tsdb_block_retention_period\]/);
    await simulation.settle();
    const after = await mimirPid(simulation);
    expect(after).toBeTypeOf('number');
    expect(after).not.toBe(before);
    expect((await answerOf(simulation, '/ready')).status).toBe(200);
    await configure('24h');
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
  });
});

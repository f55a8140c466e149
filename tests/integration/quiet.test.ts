import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installSeam, type DispatchSeam } from '../support/dispatch-seam.ts';
import { everyConnectionServed, mimirPid, unitStatus } from '../support/mimir-story.ts';
import { expectQuietDispatch } from '../support/quiet-dispatch.ts';
import { startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';

describe('events that ask for nothing', () => {
  let simulation: Simulation;
  let seam: DispatchSeam;
  let pid: number | undefined;
  const fire = async (hook: string, environment: Record<string, string> = {}) => {
    await simulation.ask({ command: 'fire', unit, hook, environment });
    await simulation.settle();
  };
  const scale = async (application: string, units: number) => {
    await simulation.ask({ command: 'scale-application', application, units });
    await simulation.settle();
  };

  beforeAll(async () => {
    simulation = await startSimulation();
    await simulation.deployMimir();
    await simulation.settle();
    seam = await installSeam(simulation, unit);
    pid = await mimirPid(simulation);
    expect(pid).toBeTypeOf('number');
  });
  afterAll(async () => {
    await simulation.close();
  });

  test('a second update-status writes nothing but one replan, and spawns no process', async () => {
    await fire('update-status');
    await expectQuietDispatch(simulation, unit, seam);
  });

  test.each([
    ['config-changed', {}],
    ['update-status', {}],
    ['leader-elected', {}],
    ['upgrade-charm', {}],
    ['start', {}],
    ['secret-changed', { JUJU_SECRET_ID: 'secret:9m4e2mr0ui3e8a215n4g', JUJU_SECRET_LABEL: '' }],
    ['no-such-hook', {}],
  ])('%s leaves the very same Mimir running', async (hook, environment) => {
    await fire(hook, environment);
    expect(await mimirPid(simulation)).toBe(pid);
    expect(await unitStatus(simulation, unit)).toBe('active');
  });

  test('a sender that is related, changes nothing, gains and loses a unit leaves the very same Mimir running', async () => {
    await simulation.ask({ command: 'deploy', charm: 'remote-write-sender', application: 'sender' });
    await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'sender'] });
    await simulation.settle();
    await simulation.ask({ command: 'fire', unit: 'sender/0', hook: 'config-changed' });
    await scale('sender', 2);
    await scale('sender', 1);
    expect(await mimirPid(simulation)).toBe(pid);
    expect(await unitStatus(simulation, unit)).toBe('active');
  });

  test('a second unit is Blocked with the first, whose Mimir alone takes every connection', async () => {
    await scale('mimir-k8s', 2);
    expect(await unitStatus(simulation, unit)).toMatch(/^blocked: .*Replication requires object storage/);
    expect(await unitStatus(simulation, 'mimir-k8s/1')).toMatch(
      /^blocked: .*Replication requires object storage/,
    );
    expect(await mimirPid(simulation)).toBe(pid);
    expect(await mimirPid(simulation, 'mimir-k8s/1')).toBeUndefined();
    await everyConnectionServed(simulation, 100, 20);
    await scale('mimir-k8s', 1);
    expect(await unitStatus(simulation, unit)).toBe('active');
    expect(await mimirPid(simulation)).toBe(pid);
  });
});

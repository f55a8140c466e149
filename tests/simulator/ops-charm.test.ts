import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rules, runAction, statusOf } from '../support/mimir-story.ts';
import { capturedRules, findPython, packOpsCharm } from '../support/ops-charm.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

const python = findPython();

describe.skipIf(python === undefined)('a charm written with ops (needs python3 with pip in /usr)', () => {
  let simulation: Simulation;
  let charm: string;
  const log = async () => {
    const lines: string[] = [];
    await simulation.client.request({ command: 'debug-log' }, (line) => {
      if (line.kind === 'log') lines.push(line.line);
    });
    return lines;
  };

  beforeAll(async () => {
    charm = mkdtempSync(join(tmpdir(), 'ops-sender-'));
    packOpsCharm(python ?? '', charm);
    simulation = await startSimulation();
    await simulation.deployMimir();
    await simulation.ask({ command: 'deploy', charm, units: 2 });
    await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'ops-sender'] });
    await simulation.settle();
  });

  afterAll(async () => {
    const left = await log();
    await simulation.close();
    rmSync(charm, { recursive: true, force: true });
    expect(left.filter((line) => /Traceback|Uncaught exception| ERROR /.test(line))).toEqual([]);
  });

  test('settles active beside ours', async () => {
    await statusOf(simulation, 'mimir-k8s/0', /^active/);
    await statusOf(simulation, 'ops-sender/0', /^active: 1 targets/);
    await statusOf(simulation, 'ops-sender/1', /^active: 1 targets/);
  });

  test('has its rules in the ruler', async () => {
    const names = [...capturedRules().matchAll(/"(?:alert|record)": "([^"]+)"/g)].map(
      ([, name]) => name ?? '',
    );
    expect(names).not.toEqual([]);
    await eventually('the rules', async () => {
      const held = await rules(simulation);
      return names.every((name) => held.includes(name)) ? held : undefined;
    });
  });

  test('answers its action with what it reads of our unit', async () => {
    const shown = await runAction(simulation, 'ops-sender/0', {
      action: 'show-targets',
      parameters: { note: 'from the test' },
    });
    expect(shown).toMatchObject({
      targets: 'http://mimir-k8s.demo.svc.cluster.local:9009/api/v1/push',
      note: 'from the test',
      greeting: 'hello',
      leader: 'true',
    });
  });

  test('loses its rules with the relation', async () => {
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', 'ops-sender'] });
    await simulation.settle();
    expect(await rules(simulation)).not.toContain('AggregatorMetricsMissing');
    await statusOf(simulation, 'ops-sender/0', /^active: 0 targets/);
  });
});

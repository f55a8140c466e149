import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findContainerPython } from '../../scripts/ops-charm.ts';
import { rules, runAction, statusOf } from '../support/mimir-story.ts';
import { capturedRules, packOpsSender } from '../support/ops-charm.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

const python = findContainerPython();

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
    packOpsSender(python ?? '', charm);
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

  const show = (unit: string) =>
    runAction(simulation, unit, { action: 'show-targets', parameters: { note: 'from the test' } });

  test('answers its action with what it reads of our unit', async () => {
    expect(await show('ops-sender/0')).toMatchObject({
      targets: 'http://mimir-k8s.demo.svc.cluster.local:9009/api/v1/push',
      note: 'from the test',
      greeting: 'hello',
      leader: 'true',
      'token-owner': 'ops-sender/0',
    });
  });

  test('has its application’s secret in all units, and a new revision of it from a new leader', async () => {
    expect(await show('ops-sender/1')).toMatchObject({ leader: 'false', 'token-owner': 'ops-sender/0' });
    await simulation.ask({ command: 'set-leader', unit: 'ops-sender/1' });
    await simulation.settle();
    expect(await show('ops-sender/0')).toMatchObject({ leader: 'false', 'token-owner': 'ops-sender/1' });
    expect((await log()).filter((line) => line.includes('ran "secret-remove"'))).toHaveLength(1);
  });

  test('is refreshed, the highest unit first, and our ruler keeps its rules', async () => {
    const option = 'options:\n  greeting: { type: string, default: good day }\n';
    writeFileSync(join(charm, 'config.yaml'), option);
    await simulation.ask({ command: 'refresh', application: 'ops-sender', charm });
    await simulation.settle();
    const ran = (await log()).flatMap(
      (line) =>
        /unit\.(ops-sender\/\d)\.operation ran "(stop|upgrade-charm)"/.exec(line)?.slice(1).join(' ') ?? [],
    );
    expect(ran.filter((line) => line.endsWith('stop'))).toEqual(['ops-sender/1 stop', 'ops-sender/0 stop']);
    expect(ran.filter((line) => line.endsWith('upgrade-charm')).toSorted()).toEqual([
      'ops-sender/0 upgrade-charm',
      'ops-sender/1 upgrade-charm',
    ]);
    expect(await show('ops-sender/0')).toMatchObject({ greeting: 'good day' });
    expect(await rules(simulation)).toContain('AggregatorMetricsMissing');
  });

  test('loses its rules with the relation', async () => {
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', 'ops-sender'] });
    await simulation.settle();
    expect(await rules(simulation)).not.toContain('AggregatorMetricsMissing');
    await statusOf(simulation, 'ops-sender/0', /^active: 0 targets/);
  });
});

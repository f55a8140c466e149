import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  alertFile,
  answerOf,
  mimirPid,
  rules,
  runAction,
  statusOf,
  unitStatus,
} from '../support/mimir-story.ts';
import { eventually, root, startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';
const configOf = (receiver: string) => `route: {receiver: ${receiver}}\nreceivers: [{name: ${receiver}}]\n`;
const ownConfig = `alertmanager_config: |\n  ${configOf('mine').trim().replace('\n', '\n  ')}\n`;

describe("Mimir's Alertmanager and ruler", () => {
  let simulation: Simulation;
  const configure = async (set: Record<string, string>, reset: string[] = []) => {
    await simulation.ask({ command: 'config', application: 'mimir-k8s', set, reset });
    await simulation.settle();
  };
  const held = async () => (await answerOf(simulation, '/api/v1/alerts')).text;
  const setRules = (alert: string) =>
    simulation.ask({
      command: 'config',
      application: 'sender',
      set: { rules: alertFile('group', alert) },
      reset: [],
    });
  const signal = (name: string) =>
    simulation.ask({
      command: 'kill',
      unit,
      target: { kind: 'process', container: 'mimir', name: 'mimir', signal: name },
    });

  beforeAll(async () => {
    simulation = await startSimulation();
    await simulation.deployMimir();
    await simulation.ask({ command: 'deploy', charm: 'remote-write-sender', application: 'sender' });
    await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'sender'] });
    await simulation.settle();
  });
  afterAll(async () => {
    await simulation.close();
  });

  test('the option is followed when it is set, changed and unset', async () => {
    await configure({ alertmanager_config: configOf('first') });
    expect(await held()).toContain('receiver: first');
    await configure({
      alertmanager_config: configOf('second'),
      alertmanager_template: '{{ define "t" }}x{{ end }}',
    });
    expect(await held()).toContain('receiver: second');
    expect(await held()).toContain('define "t"');
    await configure({}, ['alertmanager_config', 'alertmanager_template']);
    expect(await held()).not.toContain('receiver: second');
    await statusOf(simulation, unit, /^active$/);
  });

  test('what a user posted with nothing set stays through hooks, and when an option was never ours to unset', async () => {
    expect((await simulation.http('/api/v1/alerts', { method: 'POST', body: ownConfig })).status).toBe(201);
    for (const hook of ['config-changed', 'update-status', 'leader-elected', 'upgrade-charm']) {
      await simulation.ask({ command: 'fire', unit, hook });
    }
    await simulation.settle();
    expect(await held()).toContain('receiver: mine');
  });

  test('what a user put in the place of ours stays when the option is unset', async () => {
    await configure({ alertmanager_config: configOf('ours') });
    expect(await held()).toContain('receiver: ours');
    expect((await simulation.http('/api/v1/alerts', { method: 'POST', body: ownConfig })).status).toBe(201);
    await configure({}, ['alertmanager_config']);
    expect(await held()).toContain('receiver: mine');
  });

  test('a related application is followed, and a bad offer leaves the last good one in force', async () => {
    expect((await simulation.http('/api/v1/alerts', { method: 'DELETE' })).status).toBe(200);
    const offer = async (text: string) => {
      const set = { alertmanager_config: text };
      await simulation.ask({ command: 'config', application: 'neighbour', set, reset: [] });
      await simulation.settle();
    };
    const named = (receiver: string) =>
      JSON.stringify({ route: { receiver }, receivers: [{ name: receiver }] });
    const charm = join(root, 'tests/fixtures/charms/neighbour');
    await simulation.ask({ command: 'deploy', charm, application: 'neighbour' });
    await offer(named('remote'));
    await simulation.ask({
      command: 'integrate',
      endpoints: ['mimir-k8s:remote-configuration', 'neighbour'],
    });
    await simulation.settle();
    expect(await held()).toContain('receiver: remote');
    for (const [bad, words] of [
      ['route', /cannot be used .*not JSON.* Mend it there/],
      ['{"route": {"receiver": "nobody"}}', /Mimir refuses it .*undefined receiver/],
      ['', /offers no configuration/],
    ] as const) {
      await offer(bad);
      expect(await unitStatus(simulation, unit)).toMatch(/^blocked: \[remote-configuration\] /);
      expect(await unitStatus(simulation, unit)).toMatch(words);
      expect(await held()).toContain('receiver: remote');
    }
    await offer(named('mended'));
    expect(await held()).toContain('receiver: mended');
    await configure({ alertmanager_config: configOf('option') });
    expect(await unitStatus(simulation, unit)).toMatch(
      /^blocked: \[remote-configuration\] .*exclude each other/,
    );
    expect(await held()).toContain('receiver: mended');
    await configure({}, ['alertmanager_config']);
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', 'neighbour'] });
    await simulation.settle();
    expect(await held()).not.toContain('receiver: mended');
    await statusOf(simulation, unit, /^active$/);
  });

  test('rules that change while Mimir hangs are right within one event after it is back', async () => {
    await setRules('Before');
    await simulation.settle();
    expect(await rules(simulation)).toContain('Before');
    const pid = await mimirPid(simulation);
    await signal('SIGSTOP');
    await setRules('After');
    await eventually('a unit that is not ready', async () =>
      (await unitStatus(simulation, unit)).startsWith('waiting') ? true : undefined,
    );
    await signal('SIGCONT');
    await eventually('an active unit', async () =>
      (await unitStatus(simulation, unit)) === 'active' ? true : undefined,
    );
    // The change itself may be the event that comes after it.
    await simulation.settle();
    const found = await rules(simulation);
    expect(found).toContain('After');
    expect(found).not.toContain('Before');
    expect(await mimirPid(simulation)).toBe(pid);
  });

  test('actions answer with what Mimir holds', async () => {
    const stats = await runAction(simulation, unit, { action: 'tenant-stats' });
    expect(Number(stats['series'])).toBeGreaterThan(0);
    const listed = await eventually('a rule that is evaluated', async () => {
      const found = await runAction(simulation, unit, { action: 'list-rules' });
      return JSON.stringify(found).includes('After') ? found : undefined;
    });
    expect(listed).toMatchObject({ failing: '0', groups: '1' });
    const alerts = await eventually('an alert', async () => {
      const found = await runAction(simulation, unit, {
        action: 'list-alerts',
        parameters: { state: 'firing' },
      });
      return String(found['count']) === '0' ? undefined : found;
    });
    expect(JSON.stringify(alerts)).toContain('After');
  });
});

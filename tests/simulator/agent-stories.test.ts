import { afterEach, beforeEach, expect, test } from 'vitest';
import { dispatchEnvironment } from '../../src/simulator/agent/environment.ts';
import { startLocalJuju } from '../support/local-juju.ts';
import type { LocalJuju } from '../support/local-juju.ts';
import { eventually } from '../support/simulation.ts';

let juju: LocalJuju;

beforeEach(async () => {
  juju = await startLocalJuju();
  await juju.deploy();
  await juju.idle();
});

afterEach(async () => {
  await juju.close();
  expect(juju.failures).toEqual([]);
});

const script = (text: string) =>
  juju.request({ command: 'config', application: 'recorder', set: { script: text } });

test('the environment of a dispatch is closed: exactly the names that Juju gives', async () => {
  const lines = await juju.log('unit.recorder/0.config-changed ');
  const names = lines.map((line) => /\.config-changed (\w+)=/.exec(line)?.[1] ?? '');
  const given = dispatchEnvironment({
    ...{ model: { name: 'demo', uuid: '' }, unit: 'recorder/0', contextId: '' },
    operation: { kind: 'plain', name: 'config-changed' },
  });
  // The charm's shell adds PWD.
  expect(names.filter((name) => name !== 'PWD').sort()).toEqual(Object.keys(given).sort());
});

test('an action answers with its results, its messages and the return code of the process', async () => {
  const messages: string[] = [];
  const said = await juju.request(
    { command: 'run', unit: 'recorder/0', action: 'say', parameters: { words: 'good day' } },
    (answer) => {
      if (answer.kind === 'log') messages.push(answer.line);
    },
  );
  expect(said).toMatchObject({
    status: 'completed',
    results: { said: { words: 'good day' }, 'return-code': 0 },
  });
  expect(messages).toEqual(['about to speak']);
  const failed = await juju.request({ command: 'run', unit: 'recorder/0', action: 'fail' });
  expect(failed).toMatchObject({
    status: 'failed',
    message: 'it had to fail',
    results: { 'return-code': 3 },
  });
});

test('a failing hook shows as an error, is retried, and heals', async () => {
  await script('test -e "$CHARM_DIR/healed" || { touch "$CHARM_DIR/healed"; exit 1; }');
  await juju.idle();
  expect(
    await juju.log('hook "config-changed" (via hook dispatching script: dispatch) failed: exit status 1'),
  ).toHaveLength(1);
  expect((await juju.hooks('recorder/0')).at(-1)).toBe('config-changed');
});

test('a dispatch killed at a call is run again, and what it had written is dropped', async () => {
  await script('relation-set -r friends:0 a=1; relation-set -r friends:0 b=2');
  await juju.idle();
  await juju.request({ command: 'record', unit: 'recorder/0', on: true });
  await juju.request({ command: 'kill', unit: 'recorder/0', target: { kind: 'dispatch', call: 4 } });
  await juju.request({ command: 'fire', unit: 'recorder/0', hook: 'update-status' });
  await juju.idle();
  const calls = await juju.request({ command: 'recorded', unit: 'recorder/0' });
  const tools = ['juju-log', 'config-get', 'relation-set'];
  expect(calls).toMatchObject([...tools, ...tools, 'relation-set'].map((tool) => ({ tool, code: 0 })));
  expect(await juju.log('was terminated (SIGKILL)')).toHaveLength(1);
});

test('a deleted pod stops, and the new one upgrades, configures, starts and is told of its containers', async () => {
  await juju.request({ command: 'kill', unit: 'recorder/0', target: { kind: 'pod' } });
  await juju.idle();
  const hooks = await juju.hooks('recorder/0');
  const after = hooks.slice(hooks.indexOf('stop')).filter((hook) => !hook.endsWith('pebble-ready'));
  expect(after).toEqual(['stop', 'upgrade-charm', 'config-changed', 'start']);
  expect(hooks.lastIndexOf('workload-pebble-ready')).toBeGreaterThan(hooks.indexOf('stop'));
});

test('a pod lost with its node loses the hook that runs, runs no stop, and another one takes up where it was', async () => {
  await script(
    '[ "$what" != update-status ] || test -e "$CHARM_DIR/late" || { touch "$CHARM_DIR/late"; sleep 60; }',
  );
  await juju.idle();
  const before = (await juju.hooks('recorder/0')).length;
  await juju.request({ command: 'fire', unit: 'recorder/0', hook: 'update-status' });
  await eventually('the hook', async () =>
    (await juju.log('dispatched update-status')).length > 0 ? true : undefined,
  );
  await juju.request({ command: 'kill', unit: 'recorder/0', target: { kind: 'node', awayMs: 100 } });
  expect(await juju.log('hook "update-status" was terminated (SIGKILL)')).toHaveLength(1);
  await script('');
  await juju.idle();
  const after = (await juju.hooks('recorder/0')).slice(before);
  expect(after).not.toContain('stop');
  expect(after.filter((hook) => !hook.endsWith('pebble-ready'))).toEqual(
    expect.arrayContaining(['update-status', 'start', 'config-changed']),
  );
  expect((await juju.unit('recorder/0'))['workload-status'].current).toBe('active');
});

test('a charm container that restarts has start and pebble-ready again', async () => {
  const before = (await juju.hooks('recorder/0')).length;
  await juju.request({
    command: 'kill',
    unit: 'recorder/0',
    target: { kind: 'container', container: 'charm' },
  });
  await juju.idle();
  expect((await juju.hooks('recorder/0')).slice(before).sort()).toEqual(['start', 'workload-pebble-ready']);
});

test('a removed unit runs its last hooks before its pod is gone', async () => {
  await juju.request({ command: 'scale-application', application: 'recorder', units: 2 });
  await juju.idle();
  await juju.request({ command: 'scale-application', application: 'recorder', units: 1 });
  await juju.idle();
  expect((await juju.hooks('recorder/1')).slice(-4)).toEqual([
    'data-storage-detaching',
    'friends-relation-departed',
    'stop',
    'remove',
  ]);
  expect(juju.cluster.podAddress('recorder-1')).toBeUndefined();
});

test('integrated applications join, and a removed relation breaks on both sides', async () => {
  await juju.deploy({ application: 'other' });
  await juju.request({ command: 'integrate', endpoints: ['recorder:db', 'other:db-client'] });
  await juju.idle();
  await juju.request({ command: 'remove-relation', endpoints: ['recorder:db', 'other:db-client'] });
  await juju.idle();
  const relation = (hooks: readonly string[]) => hooks.filter((hook) => /^db.*relation/.test(hook));
  const phases = ['created', 'joined', 'changed', 'departed', 'broken'];
  expect(relation(await juju.hooks('recorder/0'))).toEqual(phases.map((phase) => `db-relation-${phase}`));
  expect(relation(await juju.hooks('other/0'))).toEqual(phases.map((phase) => `db-client-relation-${phase}`));
});

test('a unit without its dispatch script counts its hooks as done', async () => {
  await script('rm "$CHARM_DIR/dispatch"');
  await juju.idle();
  await juju.request({ command: 'fire', unit: 'recorder/0', hook: 'update-status' });
  await juju.idle();
  expect(await juju.log('skipped "update-status" hook (missing)')).toHaveLength(1);
  const answer = await juju.request({ command: 'run', unit: 'recorder/0', action: 'say' });
  expect(answer).toMatchObject({ status: 'failed', message: 'action not implemented on unit "recorder/0"' });
});

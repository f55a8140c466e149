import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLocalJuju } from '../support/local-juju.ts';
import type { LocalJuju } from '../support/local-juju.ts';
import { eventually } from '../support/simulation.ts';

let juju: LocalJuju;
let charm: string;

beforeEach(async () => {
  charm = mkdtempSync(join(tmpdir(), 'newer-'));
  cpSync(join(import.meta.dirname, '../fixtures/charms/recorder'), charm, { recursive: true });
  writeFileSync(join(charm, 'version'), '2');
  juju = await startLocalJuju();
});

afterEach(async () => {
  await juju.close();
  rmSync(charm, { recursive: true });
  expect(juju.failures).toEqual([]);
});

async function deployed(units: number): Promise<void> {
  await juju.deploy({ units });
  await juju.idle();
}

const refresh = (resources: Record<string, string> = {}) =>
  juju.request({ command: 'refresh', application: 'recorder', charm, resources });

const charmFile = (unit: string, name: string) =>
  readFile(
    juju.cluster.charmPath(
      unit.replace('/', '-'),
      `/var/lib/juju/agents/unit-${unit.replace('/', '-')}/charm/${name}`,
    ),
    'utf8',
  );

/** When each unit ran a hook, in order. */
async function unitsThatRan(hook: string): Promise<readonly string[]> {
  return (await juju.log(`operation ran "${hook}"`)).map((line) => /unit\.([^.]+)\./.exec(line)?.[1] ?? '');
}

test('a refreshed unit stops, and its new pod upgrades, configures, starts and is told of its containers', async () => {
  await deployed(1);
  await refresh();
  await juju.idle();
  const hooks = await juju.hooks('recorder/0');
  const after = hooks.slice(hooks.indexOf('stop')).filter((hook) => !hook.endsWith('pebble-ready'));
  expect(after).toEqual(['stop', 'upgrade-charm', 'config-changed', 'start']);
  expect(hooks.lastIndexOf('workload-pebble-ready')).toBeGreaterThan(hooks.indexOf('stop'));
  expect(await charmFile('recorder/0', 'version')).toBe('2');
});

test('pods are replaced from the highest down, each when those above are ready again', async () => {
  await deployed(2);
  juju.cluster.holdReadiness();
  await refresh();
  const stopped: string[] = [];
  for (const unit of ['recorder/1', 'recorder/0']) {
    stopped.push(unit);
    await eventually(`upgrade-charm of ${unit}`, async () =>
      (await juju.hooks(unit)).includes('upgrade-charm') ? true : undefined,
    );
    expect(await unitsThatRan('stop')).toEqual(stopped);
    juju.cluster.makeReady(unit.replace('/', '-'));
  }
  await juju.idle();
  expect(await unitsThatRan('upgrade-charm')).toEqual(stopped);
});

// Juju: op_callbacks.go, CommitHook.
test('an agent says that it has started from its start hook on, and a new one has not', async () => {
  const mark = join(charm, 'go');
  writeFileSync(mark, '');
  await deployed(1);
  const script = `[ "$what" != start ] || until test -e ${mark}; do sleep 0.02; done`;
  await juju.request({ command: 'config', application: 'recorder', set: { script } });
  await juju.idle();
  const started = () => juju.cluster.agentStarted('recorder-0');
  expect(started()).toBe(true);
  rmSync(mark);
  await refresh();
  await eventually('the new charm', async () =>
    (await juju.log('unit.recorder/0.juju-log dispatched start')).length > 1 ? true : undefined,
  );
  expect(started()).toBe(false);
  writeFileSync(mark, '');
  await juju.idle();
  expect(started()).toBe(true);
});

test('a new resource replaces the pods too, and is what resource-get gives', async () => {
  await deployed(1);
  const resources = { 'workload-image': 'example.com/workload:2' };
  await juju.request({ command: 'refresh', application: 'recorder', resources });
  await juju.idle();
  expect(await juju.hooks('recorder/0')).toContain('upgrade-charm');
  let path = '';
  const argv = ['resource-get', 'workload-image'];
  await juju.request({ command: 'exec', unit: 'recorder/0', argv }, (line) => {
    if (line.kind === 'output') path += line.text;
  });
  const content = await readFile(juju.cluster.charmPath('recorder-0', path), 'utf8');
  expect(content).toContain('registrypath: example.com/workload:2\n');
});

// Juju: resolver.go, Shutdown; the stop takes the place of the failed hook, as no other hook does.
test('a unit in error stops as well, and its new pod upgrades, which heals it', async () => {
  await deployed(1);
  const script = 'test "$JUJU_HOOK_NAME" != config-changed || test -e "$CHARM_DIR/version"';
  await juju.request({ command: 'config', application: 'recorder', set: { script } });
  await eventually('the error', async () =>
    (await juju.unit('recorder/0'))['workload-status'].current === 'error' ? true : undefined,
  );
  await refresh();
  await juju.idle();
  const hooks = await juju.hooks('recorder/0');
  expect(hooks.slice(hooks.indexOf('stop')).filter((hook) => !hook.endsWith('ready'))).toEqual([
    ...['stop', 'upgrade-charm', 'config-changed', 'start'],
  ]);
});

test('an action that the new charm has can be run', async () => {
  await deployed(1);
  writeFileSync(join(charm, 'actions.yaml'), 'shout: {}\n');
  writeFileSync(
    join(charm, 'dispatch'),
    '#!/bin/sh\n[ "$JUJU_ACTION_NAME" != shout ] || action-set said=HEY\n',
  );
  await refresh();
  await juju.idle();
  const run = { command: 'run', unit: 'recorder/0', action: 'shout' } as const;
  expect(await juju.request(run)).toMatchObject({ results: { said: 'HEY' } });
});

test('a refused charm changes nothing', async () => {
  await deployed(1);
  writeFileSync(join(charm, 'metadata.yaml'), 'name: other\n');
  await expect(refresh()).rejects.toThrow('cannot refresh "recorder" to "other"');
  const nothing = { command: 'refresh', application: 'recorder' } as const;
  await expect(juju.request(nothing)).rejects.toThrow('neither a charm nor a resource was given');
  await juju.idle();
  expect(await juju.hooks('recorder/0')).not.toContain('stop');
});

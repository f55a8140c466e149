import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLocalJuju } from '../support/local-juju.ts';
import type { LocalJuju } from '../support/local-juju.ts';

let juju: LocalJuju;

beforeEach(async () => {
  juju = await startLocalJuju();
});

afterEach(async () => {
  await juju.close();
  expect(juju.failures).toEqual([]);
});

test('a deployed unit runs its hooks in the order of Juju and ends up with the status its charm set', async () => {
  await juju.deploy();
  await juju.idle();
  const hooks = await juju.hooks('recorder/0');
  const settled = hooks.filter((hook) => !/pebble-ready|storage/.test(hook));
  expect(settled).toEqual([
    'install',
    'friends-relation-created',
    'leader-elected',
    'config-changed',
    'start',
  ]);
  expect(hooks).toContain('workload-pebble-ready');
  expect(hooks).toContain('data-storage-attached');
  const unit = await juju.unit('recorder/0');
  expect(unit['workload-status']).toEqual({ current: 'active', message: 'started' });
  expect(unit.leader).toBe(true);
});

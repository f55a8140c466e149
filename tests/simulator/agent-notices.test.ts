import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pebbleBinary } from '../support/binaries.ts';
import { startLocalJuju } from '../support/local-juju.ts';
import type { LocalJuju } from '../support/local-juju.ts';

let juju: LocalJuju;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notices-'));
  juju = await startLocalJuju();
  await juju.deploy();
  await juju.idle();
});

afterEach(async () => {
  await juju.close();
  await rm(folder, { recursive: true, force: true });
  expect(juju.failures).toEqual([]);
});

const pebble = (...args: string[]) =>
  promisify(execFile)(pebbleBinary(), args, {
    env: { PATH: '/usr/bin:/bin', PEBBLE_SOCKET: juju.cluster.pebbleSocket('recorder-0', 'workload') },
  });

const hookCount = async (name: string) =>
  (await juju.hooks('recorder/0')).filter((hook) => hook === name).length;

test('a custom notice is told to the charm, once for each time that it is given', async () => {
  await pebble('notify', 'example.com/x');
  await juju.idle();
  expect(await hookCount('workload-pebble-custom-notice')).toBe(1);
  await pebble('notify', 'example.com/x');
  await juju.idle();
  expect(await hookCount('workload-pebble-custom-notice')).toBe(2);
});

test('a check that goes down and up again is told as failed and as recovered', async () => {
  const healthy = join(folder, 'healthy');
  await writeFile(healthy, '');
  const layer = join(folder, 'layer.yaml');
  const check = `{ override: replace, period: 100ms, timeout: 90ms, threshold: 1, exec: { command: test -e ${healthy} } }`;
  await writeFile(layer, `checks: { fine: ${check} }`);
  await pebble('add', 'checks', layer);
  await rm(healthy);
  await vi.waitFor(async () => {
    expect(await hookCount('workload-pebble-check-failed')).toBe(1);
  }, 10_000);
  await writeFile(healthy, '');
  await vi.waitFor(async () => {
    expect(await hookCount('workload-pebble-check-recovered')).toBe(1);
  }, 10_000);
});

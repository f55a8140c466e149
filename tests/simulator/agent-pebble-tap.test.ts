import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createUnitObserver } from '../../src/simulator/agent/tool-observer.ts';
import { readBootId } from '../../src/simulator/controller/pebble-client.ts';
import { tapPebble } from '../../src/simulator/controller/pebble-tap.ts';
import { pebbleBinary } from '../support/binaries.ts';

let folder: string;
let end: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tap-'));
  const env = { PATH: '/usr/bin:/bin', PEBBLE: folder, PEBBLE_SOCKET: join(folder, 's') };
  const pebble = spawn(pebbleBinary(), ['run', '--hold'], { env, stdio: 'ignore' });
  end = async () => {
    pebble.kill();
    await once(pebble, 'exit');
  };
  while (!existsSync(join(folder, 's'))) await sleep(20);
});

afterEach(async () => {
  await end();
  await rm(folder, { recursive: true, force: true });
});

test('a tapped Pebble answers, its requests are recorded, and one of them kills the dispatch', async () => {
  const observer = createUnitObserver(() => 0);
  const tap = await tapPebble(join(folder, 's'), observer);
  const killed: string[] = [];
  observer.setRecording(true);
  observer.armKill({ hook: undefined, call: 2 });
  observer.dispatchBegan({ operation: 'start', kill: () => killed.push('start') });
  const bootId = await readBootId(join(folder, 's'));
  expect(bootId).toBe(await readBootId(tap.untapped() ?? ''));
  expect(observer.recorded()).toMatchObject([
    { tool: 'pebble', args: ['GET', '/v1/system-info'], code: 200 },
  ]);
  await expect(readBootId(join(folder, 's'))).rejects.toThrow(/hang up|ECONNRESET/);
  expect(killed).toEqual(['start']);
  tap.close();
  expect(existsSync(join(folder, 's'))).toBe(false);
});

test('pebble exec works through the tap, with its websockets', async () => {
  const tap = await tapPebble(
    join(folder, 's'),
    createUnitObserver(() => 0),
  );
  const env = { PEBBLE: folder, PEBBLE_SOCKET: join(folder, 's') };
  const client = spawn(pebbleBinary(), ['exec', '--', '/bin/echo', 'hello'], { env });
  let output = '';
  client.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(client, 'close');
  expect(output.trim()).toBe('hello');
  tap.close();
});

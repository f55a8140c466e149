import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import {
  createPebbleClient,
  PebbleApiError,
  PebbleTimeoutError,
  PebbleUnreachableError,
} from '../../../src/pebble/index.ts';
import { startPebble } from '../../support/pebble-process.ts';
import { eventually, rejection } from './pebble-suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'pebble-reach-'));
const cleanups: (() => void | Promise<void>)[] = [];

/** A descriptor may be closed between the listing of the folder and the look at it. */
const socketsOf = (pid: number) =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) =>
    statSync(`/proc/${pid}/fd/${fd}`, { throwIfNoEntry: false })?.isSocket(),
  ).length;

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function started() {
  const pebble = await startPebble();
  const client = createPebbleClient(pebble.socketPath);
  cleanups.push(() => pebble.stop());
  cleanups.push(() => {
    client.close();
  });
  return { pebble, client };
}

describe('a Pebble that runs', () => {
  it('tells its version, and a boot id that lasts', async () => {
    const { client } = await started();
    const { version, bootId } = await client.systemInfo();
    expect(version).toMatch(/^v?\d+\.\d+/);
    expect(bootId).not.toBe('');
    expect((await client.systemInfo()).bootId).toBe(bootId);
  });

  it('serves a whole dispatch over one connection', async () => {
    const { client, pebble } = await started();
    await client.systemInfo();
    const before = socketsOf(pebble.pid);
    await client.plan();
    await client.services();
    await client.readFiles(['/etc/hostname']);
    await client.replan();
    expect(socketsOf(pebble.pid)).toBe(before);
    client.close();
    client.close();
    await eventually('Pebble sees the end', () => Promise.resolve(socketsOf(pebble.pid) === before - 1));
  });

  it('answers a wait that is longer than one request may take', async () => {
    const { client } = await started();
    const command = 'sh -c "trap : TERM; while true; do sleep 0.2; done"';
    await client.addLayer('slow', {
      services: { slow: { override: 'replace', command, 'kill-delay': '11s' } },
    });
    await client.start(['slow']);
    expect(await client.stop(['slow'], { timeoutMs: 30_000 })).toMatchObject({ status: 'Done' });
  });

  it('knows no change of another id', async () => {
    const { client } = await started();
    for (const call of [() => client.change('999'), () => client.waitChange('999', 1_000)]) {
      const error = await rejection(call());
      expect(error).toBeInstanceOf(PebbleApiError);
      expect(error).toMatchObject({ kind: 'not-found', statusCode: 404 });
    }
  });
});

describe('a Pebble that is not there', () => {
  it('is unreachable when its socket is missing, dead, or no socket', async () => {
    const dead = join(folder, 'dead.socket');
    const holder = createServer().listen(dead);
    await new Promise((resolve) => holder.once('listening', resolve));
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const missing = createPebbleClient(join(folder, 'missing.socket'));
    const exec = () => missing.exec({ command: ['true'], timeoutMs: 100 });
    for (const call of [() => missing.plan(), exec]) {
      const error = await rejection(call());
      expect(error).toBeInstanceOf(PebbleUnreachableError);
      expect(error).toMatchObject({ kind: 'unreachable', cause: { code: 'ENOENT' } });
    }
    expect(String(await rejection(missing.plan()))).toMatch(
      /cannot read Pebble's plan: Pebble cannot be reached \(connect ENOENT .*missing\.socket\)/,
    );
    const refused = await rejection(createPebbleClient(file).plan());
    expect(refused).toMatchObject({ kind: 'unreachable', cause: { code: 'ECONNREFUSED' } });
    holder.close();
  });

  it('is a timeout when it takes the request and says nothing', async () => {
    const path = join(folder, 'mute.socket');
    const sockets: { destroy(): void }[] = [];
    const mute = createServer((socket) => sockets.push(socket)).listen(path);
    cleanups.push(() => {
      sockets.forEach((socket) => {
        socket.destroy();
      });
      mute.close();
    });
    const client = createPebbleClient(path, { timeoutMs: 150 });
    const error = await rejection(client.services());
    expect(error).toBeInstanceOf(PebbleTimeoutError);
    expect(String(error)).toContain('cannot list services: Pebble did not answer within 150 ms');
  });

  it('is unreachable when it is killed in the middle of a wait, and reachable once it is back', async () => {
    const { pebble, client } = await started();
    const pidFile = join(folder, 'pid');
    const command = `sh -c "echo $$ > ${pidFile}; trap : TERM; while true; do sleep 0.2; done"`;
    await client.addLayer('slow', {
      services: { slow: { override: 'replace', command, 'kill-delay': '20s' } },
    });
    await client.start(['slow']);
    const stopping = rejection(client.stop(['slow']));
    const running = rejection(client.exec({ command: ['sleep', '5'], timeoutMs: 6_000 }));
    await sleep(300);
    await pebble.kill();
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    expect(await stopping).toBeInstanceOf(PebbleUnreachableError);
    expect(await running).toBeInstanceOf(PebbleUnreachableError);
    expect(await rejection(client.services())).toBeInstanceOf(PebbleUnreachableError);
    const next = await startPebble(pebble.dir);
    cleanups.push(() => next.stop());
    expect(await client.services()).toEqual([]);
  });
});

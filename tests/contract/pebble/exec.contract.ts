import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  createPebbleClient,
  PebbleApiError,
  PebbleChangeError,
  PebbleTimeoutError,
  PebbleUnreachableError,
} from '../../../src/pebble/index.ts';
import { eventually, pebbleSuite, rejection } from './pebble-suite.ts';

const suite = pebbleSuite();
const timeoutMs = 10_000;

const shell = (script: string) => suite().client.exec({ command: ['sh', '-c', script], timeoutMs });

describe('exec', () => {
  it('tells stdout from stderr', async () => {
    expect(await shell('echo out é; echo err >&2')).toEqual({
      exitCode: 0,
      stdout: 'out é\n',
      stderr: 'err\n',
    });
  });

  it('returns any exit code as a fact', async () => {
    expect((await shell('exit 7')).exitCode).toBe(7);
    expect((await shell('exit 255')).exitCode).toBe(255);
    expect((await shell('kill -TERM $$')).exitCode).toBe(128 + 15);
  });

  it('runs no shell over the arguments', async () => {
    const { client } = suite();
    const { stdout } = await client.exec({ command: ['printf', '%s|', '$HOME', 'a b', '"'], timeoutMs });
    expect(stdout).toBe('$HOME|a b|"|');
  });

  it("gives the environment on top of Pebble's own, and the working folder", async () => {
    const { client, pebble } = suite();
    const { stdout } = await client.exec({
      command: ['sh', '-c', 'echo "$MINE"; echo "$HOME"; pwd'],
      environment: { MINE: 'x=1 é' },
      workingDir: '/proc',
      timeoutMs,
    });
    expect(stdout).toBe(`x=1 é\n${pebble.dir}\n/proc\n`);
  });

  it('gives an empty stdin when there is none', async () => {
    expect(await shell('cat; echo end')).toMatchObject({ stdout: 'end\n' });
  });

  it('carries stdin and stdout of many MiB at the same time', async () => {
    const stdin = Buffer.alloc(6 * 1024 * 1024, 'stream of text\n');
    const { stdout } = await suite().client.exec({ command: ['cat'], stdin, timeoutMs });
    expect(stdout === stdin.toString()).toBe(true);
  });

  it('ends well when the command does not read its stdin', async () => {
    const stdin = 'x'.repeat(8 * 1024 * 1024);
    const result = await suite().client.exec({ command: ['sh', '-c', 'exit 3'], stdin, timeoutMs });
    expect(result).toEqual({ exitCode: 3, stdout: '', stderr: '' });
  });

  it('keeps large output of both streams whole', async () => {
    const { stdout, stderr } = await shell(
      'head -c 3000000 /dev/zero | tr "\\0" o; head -c 2000000 /dev/zero | tr "\\0" e >&2',
    );
    expect([stdout.length, stderr.length]).toEqual([3_000_000, 2_000_000]);
  });

  it('runs several commands at a time', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => shell(`sleep 0.1; echo ${index}`)),
    );
    expect(results.map(({ stdout }) => stdout.trim()).join()).toBe('0,1,2,3,4,5,6,7');
  });

  it('refuses a program that does not exist', async () => {
    const error = await rejection(suite().client.exec({ command: ['no-such-program'], timeoutMs }));
    expect(error).toBeInstanceOf(PebbleApiError);
    expect(error).toMatchObject({
      statusCode: 400,
      message: 'cannot run no-such-program: cannot find executable "no-such-program"',
    });
  });

  it('refuses a working folder that does not exist', async () => {
    const error = await rejection(
      suite().client.exec({ command: ['true'], workingDir: '/no/such', timeoutMs }),
    );
    expect(String(error)).toContain('working directory "/no/such" does not exist');
  });

  it('fails the change when the program cannot be started', async () => {
    const { client, pebble } = suite();
    const path = join(pebble.dir, 'no-program');
    await client.writeFile({ path, content: 'neither ELF nor script', permissions: '755' });
    const error = await rejection(client.exec({ command: [path], timeoutMs }));
    expect(error).toBeInstanceOf(PebbleChangeError);
    expect(String(error)).toContain('exec format error');
  });

  it('kills a command that is out of its time', async () => {
    const started = Date.now();
    const error = await rejection(suite().client.exec({ command: ['sleep', '60'], timeoutMs: 300 }));
    expect(error).toBeInstanceOf(PebbleTimeoutError);
    expect(String(error)).toContain('cannot run sleep: ');
    expect(String(error)).toContain('timed out after 300ms');
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('keeps its bound when a child of the killed command holds the output open', async () => {
    const started = Date.now();
    const error = await rejection(
      suite().client.exec({ command: ['sh', '-c', 'sleep 6; true'], timeoutMs: 300 }),
    );
    expect(error).toBeInstanceOf(PebbleTimeoutError);
    expect(String(error)).toMatch(/is not ready after 2300 ms/);
    expect(Date.now() - started).toBeLessThan(4_000);
  });

  it('leaves no command behind when the client goes away', async () => {
    const { client, pebble } = suite();
    const other = createPebbleClient(pebble.socketPath);
    const pidFile = join(pebble.dir, 'left');
    const command = ['sh', '-c', `echo $$ > ${pidFile}; exec sleep 60`];
    const abandoned = rejection(other.exec({ command, timeoutMs: 60_000 }));
    const readPid = async () => (await client.readFile(pidFile))?.trim() ?? '';
    await eventually('it runs', async () => (await readPid()) !== '');
    const pid = await readPid();
    other.close();
    expect(await abandoned).toBeInstanceOf(PebbleUnreachableError);
    await eventually('it was killed', () => Promise.resolve(!existsSync(`/proc/${pid}`)));
  });
});

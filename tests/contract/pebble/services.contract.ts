import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { PebbleApiError, PebbleChangeError, PebbleTimeoutError } from '../../../src/pebble/index.ts';
import type { Service } from '../../../src/pebble/index.ts';
import { eventually, pebbleSuite, rejection } from './pebble-suite.ts';

const suite = pebbleSuite();

const sleeper: Service = { override: 'replace', command: 'sleep 1000', startup: 'enabled' };

async function add(services: Readonly<Record<string, Service>>): Promise<void> {
  await suite().client.addLayer('services', { services }, { combine: true });
}

/** A service that writes the pid of each of its runs into a file. */
function recorded(name: string, environment: Record<string, string> = {}): Service {
  const command = `sh -c "echo $$ >> ${join(suite().pebble.dir, name)}; exec sleep 1000"`;
  return { override: 'replace', command, startup: 'enabled', environment };
}

const pids = (name: string) => readFileSync(join(suite().pebble.dir, name), 'utf8').trim().split('\n');

async function current(name: string): Promise<string | undefined> {
  return (await suite().client.services([name]))[0]?.current;
}

describe('services', () => {
  it('are listed by name with how they do, and without those that the plan lacks', async () => {
    await add({ listed: { ...sleeper, startup: 'disabled' }, another: sleeper });
    const { client } = suite();
    expect(await client.services()).toEqual([
      { name: 'another', startup: 'enabled', current: 'inactive' },
      { name: 'listed', startup: 'disabled', current: 'inactive' },
    ]);
    expect(await client.services(['listed', 'absent'])).toHaveLength(1);
  });

  it('start, restart and stop, each as a change that is done', async () => {
    await add({ worker: recorded('worker') });
    const { client } = suite();
    expect(await client.start(['worker'])).toMatchObject({ kind: 'start', status: 'Done', ready: true });
    expect(await current('worker')).toBe('active');
    await client.start(['worker']);
    expect(pids('worker')).toHaveLength(1);
    await client.restart(['worker']);
    expect(pids('worker')).toHaveLength(2);
    await client.stop(['worker']);
    expect(await current('worker')).toBe('inactive');
    expect(await client.stop(['worker'])).toMatchObject({ status: 'Done' });
  });

  it('that are not in the plan cannot be started', async () => {
    const error = await rejection(suite().client.start(['nobody']));
    expect(error).toBeInstanceOf(PebbleApiError);
    expect(error).toMatchObject({
      statusCode: 400,
      message: 'cannot start nobody: cannot start services: service "nobody" does not exist',
    });
  });

  it('that exit at once fail the change, with the last words of the service', async () => {
    await add({ hasty: { override: 'replace', command: 'sh -c "echo my last words; exit 3"' } });
    const { client } = suite();
    const error = await rejection(client.start(['hasty']));
    if (!(error instanceof PebbleChangeError)) throw error;
    expect(error.kind).toBe('change-failed');
    expect(error.message).toContain('cannot start hasty: ');
    expect(error.message).toContain('exited quickly with code 3');
    expect(error.taskLog.join('\n')).toContain('my last words');
    expect(error.change).toMatchObject({ kind: 'start', status: 'Error', ready: true });
    expect(['backoff', 'active']).toContain(await current('hasty'));
    await client.stop(['hasty']);
  });

  it('whose program is missing fail the change', async () => {
    await add({ ghost: { override: 'replace', command: '/no/such/program' } });
    const error = await rejection(suite().client.start(['ghost']));
    expect(error).toBeInstanceOf(PebbleChangeError);
    expect(String(error)).toContain('no such file or directory');
  });

  it('that take longer to stop than the caller waits are a timeout, and stop all the same', async () => {
    const deaf = 'sh -c "trap : TERM; while true; do sleep 0.1; done"';
    await add({ deaf: { override: 'replace', command: deaf, 'kill-delay': '2s' } });
    const { client } = suite();
    await client.start(['deaf']);
    const error = await rejection(client.stop(['deaf'], { timeoutMs: 300 }));
    expect(error).toBeInstanceOf(PebbleTimeoutError);
    expect(String(error)).toMatch(/cannot stop deaf: change \d+ is not ready after 300 ms/);
    await eventually('it stopped', async () => (await current('deaf')) === 'inactive');
  });
});

describe('replan', () => {
  it('starts what is enabled, restarts what changed, and leaves equal running services alone', async () => {
    await add({ steady: recorded('steady'), moving: recorded('moving', { HASH: '1' }) });
    const { client } = suite();
    await client.replan();
    expect([pids('steady').length, pids('moving').length]).toEqual([1, 1]);
    await add({ steady: recorded('steady'), moving: recorded('moving', { HASH: '2' }) });
    expect(pids('moving')).toHaveLength(1);
    await client.replan();
    expect([pids('steady').length, pids('moving').length]).toEqual([1, 2]);
    await client.replan();
    expect([pids('steady').length, pids('moving').length]).toEqual([1, 2]);
  });

  it('takes one request for the change and one to wait for it', async () => {
    const { client, requests } = suite();
    requests.length = 0;
    const done = await client.replan();
    expect(done.status).toBe('Done');
    expect(requests).toEqual([
      'POST /v1/services',
      expect.stringMatching(/^GET \/v1\/changes\/\d+\/wait\?timeout=\d+ms$/),
    ]);
  });

  it('leaves a stopped service that is disabled', async () => {
    await add({ resting: { ...sleeper, startup: 'disabled' } });
    await suite().client.replan();
    expect(await current('resting')).toBe('inactive');
  });

  it('restarts, and does not stop, a running service that became disabled', async () => {
    const { client } = suite();
    const before = pids('moving').length;
    await add({ moving: { ...recorded('moving', { HASH: '2' }), startup: 'disabled' } });
    await client.replan();
    expect([await current('moving'), pids('moving').length]).toEqual(['active', before + 1]);
    await client.stop(['moving']);
    await client.replan();
    expect(await current('moving')).toBe('inactive');
  });

  it('starts an enabled service again that was stopped by hand', async () => {
    const { client } = suite();
    await client.stop(['steady']);
    await client.replan();
    expect(await current('steady')).toBe('active');
  });

  it('reports a program that does not start', async () => {
    await add({ steady: { override: 'replace', command: 'false', startup: 'enabled' } });
    const { client } = suite();
    expect(await rejection(client.replan())).toBeInstanceOf(PebbleChangeError);
    await add({ steady: { ...sleeper, startup: 'disabled' } });
    await client.replan();
  });
});

describe('signals', () => {
  it('reach the services that they are sent to', async () => {
    const out = join(suite().pebble.dir, 'signalled');
    writeFileSync(out, '');
    const command = `sh -c "trap 'echo HUP >> ${out}' HUP; while true; do sleep 0.1; done"`;
    await add({ listening: { override: 'replace', command } });
    const { client } = suite();
    await client.start(['listening']);
    await client.signal('SIGHUP', ['listening']);
    await eventually('the service heard it', () => Promise.resolve(readFileSync(out, 'utf8') === 'HUP\n'));
    await client.stop(['listening']);
  });

  it('for a service that does not run are an error', async () => {
    const error = await rejection(suite().client.signal('SIGHUP', ['listening']));
    expect(error).toBeInstanceOf(PebbleApiError);
    expect(error).toMatchObject({ statusCode: 500 });
    expect(String(error)).toContain('cannot send SIGHUP to listening: ');
  });
});

describe('logs', () => {
  it('hold what services wrote, oldest first, up to the number asked for', async () => {
    const command = 'sh -c "for i in 1 2 3 4; do echo line $i é; done; exec sleep 1000"';
    await add({ talking: { override: 'replace', command }, silent: sleeper });
    const { client } = suite();
    await client.start(['talking', 'silent']);
    const lines = await client.logs({ services: ['talking'], n: 3 });
    expect(lines.map((line) => line.message)).toEqual(['line 2 é', 'line 3 é', 'line 4 é']);
    expect(lines[0]?.service).toBe('talking');
    expect(Date.now() - Date.parse(lines[0]?.time ?? '')).toBeLessThan(60_000);
    expect(await client.logs({ services: ['silent'] })).toEqual([]);
    expect((await client.logs({ n: -1 })).length).toBeGreaterThan(4);
  });

  it('of a number that Pebble refuses are an error', async () => {
    const error = await rejection(suite().client.logs({ n: -2 }));
    expect(error).toMatchObject({ statusCode: 400 });
    expect(String(error)).toContain('cannot read logs: n must be');
  });
});

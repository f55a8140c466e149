import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createHookTools } from '../../../../src/juju/index.ts';
import {
  decodeWriteRequest,
  remoteWriteHeaders,
  type TimeSeries,
} from '../../../../src/simulator/remote-write/encode.ts';
import { runAction } from '../../../../src/simulator/stand-ins/remote-write-sender/actions.ts';
import { acknowledgedGroup } from '../../../../src/simulator/stand-ins/remote-write-sender/workload/acknowledged.ts';
import { postWriteRequest } from '../../../../src/simulator/stand-ins/remote-write-sender/workload/post.ts';
import { credentialsFor, listenSecurely, privateAuthority } from '../../../support/private-authority.ts';

const entry = new URL(
  '../../../../src/simulator/stand-ins/remote-write-sender/workload/sender.ts',
  import.meta.url,
).pathname;

let folder: string;
const workloads: ChildProcess[] = [];
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sender-'));
});
afterEach(async () => {
  for (const workload of workloads.splice(0)) {
    if (workload.exitCode !== null) continue;
    workload.kill();
    await once(workload, 'exit');
  }
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
});

function portOf(server: { address: Server['address'] }): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  return port;
}

/** A receiver that answers as told, and keeps what it acknowledged. */
async function receiver(status: () => number = () => 200, answerHeaders: Record<string, string> = {}) {
  const accepted: TimeSeries[] = [];
  const headers: unknown[] = [];
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      headers.push(request.headers);
      connections.add(request.socket);
      const code = status();
      if (code === 200) accepted.push(...decodeWriteRequest(body));
      response.writeHead(code, answerHeaders).end(code === 200 ? '' : 'the reason\n');
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}/api/v1/push`, accepted, headers, connections };
}

function writeTargets(urls: readonly string[], more: object = {}, index = workloads.length): string {
  const path = join(folder, `targets-${index}.json`);
  const labels = { juju_unit: 's/0', instance: 'i' };
  const targets = { urls, labels, intervalMs: 50, series: 2, metricPrefix: 'p', seed: 100, ...more };
  writeFileSync(`${path}.new`, JSON.stringify(targets));
  renameSync(`${path}.new`, path);
  return path;
}

/** Starts the workload as Pebble does, and waits until it answers. */
async function startWorkload(urls: readonly string[], more: object = {}): Promise<string> {
  const port = await freePort();
  const workload = spawn(process.execPath, [entry, writeTargets(urls, more), port.toString()], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  workloads.push(workload);
  const base = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(`${base}/journal`), { timeout: 8000 });
  return base;
}

/** Runs an action of the charm; what it set, and what it said if it failed. */
async function act(name: string, workloadUrl: string, parameters: object = {}) {
  const results: Record<string, string> = {};
  let failure: string | undefined;
  const tools = createHookTools({
    name: 'spawn',
    call: ({ tool, args }) => {
      if (tool === 'action-set') {
        for (const each of args)
          results[each.slice(0, each.indexOf('='))] = each.slice(each.indexOf('=') + 1);
      }
      if (tool === 'action-fail') failure = args.join(' ');
      const stdout = tool === 'action-get' ? JSON.stringify(parameters) : '';
      return Promise.resolve({ code: 0, stdout: Buffer.from(stdout), stderr: Buffer.alloc(0) });
    },
    close: () => Promise.resolve(),
  });
  await runAction(name, { tools, workloadUrl });
  return { results, failure };
}

describe('a remote-write request', () => {
  it('carries the headers of the specification', async () => {
    const { url, headers } = await receiver();
    expect(await postWriteRequest({ url, body: new Uint8Array([0]), attempt: 0 })).toMatchObject({
      kind: 'acknowledged',
    });
    const expected = Object.entries(remoteWriteHeaders).map(([name, value]) => [name.toLowerCase(), value]);
    expect(headers[0]).toMatchObject(Object.fromEntries(expected));
  });

  it.each([
    [500, { kind: 'again', reason: '500 the reason', afterMs: 0 }],
    [503, { kind: 'again', reason: '503 the reason', afterMs: 0 }],
    [429, { kind: 'again', reason: '429 the reason', afterMs: 0 }],
    [400, { kind: 'refused', reason: '400 the reason' }],
    [302, { kind: 'refused', reason: '302 the reason' }],
    [204, { kind: 'acknowledged' }],
    [202, { kind: 'deduplicated' }],
  ])('answered with %d is %j', async (status, result) => {
    const { url } = await receiver(() => status);
    expect(await postWriteRequest({ url, body: new Uint8Array([0]), attempt: 0 })).toEqual(result);
  });

  it.each([
    ['7', 7000],
    ['soon', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('answered with Retry-After: %s waits %d ms', async (value, afterMs) => {
    const { url } = await receiver(() => 503, { 'Retry-After': value });
    const result = await postWriteRequest({ url, body: new Uint8Array([0]), attempt: 2 });
    expect(result).toMatchObject({ kind: 'again', afterMs });
  });

  it('that is sent again says how often, and all go over one connection', async () => {
    const { url, headers, connections } = await receiver();
    for (const attempt of [0, 1, 2]) await postWriteRequest({ url, body: new Uint8Array([0]), attempt });
    expect(headers).toMatchObject([{}, { 'retry-attempt': '1' }, { 'retry-attempt': '2' }]);
    expect(headers[0]).not.toHaveProperty('retry-attempt');
    expect(connections.size).toBe(1);
  });

  it('that finds no one is worth sending again', async () => {
    const port = await freePort();
    const result = await postWriteRequest({
      url: `http://127.0.0.1:${port}`,
      body: new Uint8Array([0]),
      attempt: 0,
    });
    expect(result.kind).toBe('lost');
    expect('reason' in result && result.reason).toContain('ECONNREFUSED');
  });
});

describe('the workload', () => {
  it('sends every counter to every URL from its first value on, in order and without a gap', async () => {
    const [a, b] = [await receiver(), await receiver()];
    const base = await startWorkload([a.url, b.url]);
    await vi.waitFor(
      () => {
        expect(Math.min(a.accepted.length, b.accepted.length)).toBeGreaterThanOrEqual(8);
      },
      { timeout: 5000 },
    );
    const first = a.accepted.filter(({ labels }) => labels['series'] === '0');
    expect(first.map(({ samples }) => samples[0]?.value).slice(0, 4)).toEqual([100, 101, 102, 103]);
    expect(a.accepted[0]?.labels).toEqual({
      __name__: 'p_counter_total',
      series: '0',
      juju_unit: 's/0',
      instance: 'i',
    });
    expect(b.accepted.slice(0, 8)).toEqual(a.accepted.slice(0, 8));
    const { results } = await act('pause', base);
    expect(results['paused']).toBe('true');
  });

  it('journals what was acknowledged, and nothing else, while a receiver refuses', async () => {
    let calls = 0;
    const { url, accepted } = await receiver(() => ((calls += 1) % 3 === 0 ? 500 : 200));
    const base = await startWorkload([url]);
    await vi.waitFor(
      () => {
        expect(accepted.length).toBeGreaterThanOrEqual(12);
      },
      { timeout: 5000 },
    );
    await act('pause', base);
    await vi.waitFor(async () => {
      expect((await act('journal', base)).results['pending']).toBe('0');
    });
    const { results } = await act('journal', base);
    expect(results['acknowledged']).toBe(accepted.length.toString());
    expect(results['dropped']).toBe('0');
    expect(Number(results['retries'])).toBeGreaterThan(0);
    const samples = accepted.filter(({ labels }) => labels['series'] === '1').map((each) => each.samples[0]);
    expect(JSON.parse(results['urls'] ?? '')).toMatchObject({
      [url]: {
        series: {
          'p_counter_total{series="1"}': {
            count: samples.length,
            firstTimestamp: samples[0]?.timestamp,
            lastTimestamp: samples.at(-1)?.timestamp,
            lastValue: samples.at(-1)?.value,
          },
        },
      },
    });
  });

  it('lists every acknowledged sample, a tick in a run', async () => {
    const { url, accepted } = await receiver();
    const base = await startWorkload([url]);
    await vi.waitFor(() => {
      expect(accepted.length).toBeGreaterThanOrEqual(6);
    });
    await act('pause', base);
    await act('send', base, { value: 42.5 });
    const listed = z
      .record(z.string(), z.array(acknowledgedGroup))
      .parse(await (await fetch(`${base}/acknowledged`)).json());
    expect(Object.keys(listed)).toEqual([url]);
    const [group, ...others] = listed[url] ?? [];
    expect(others).toEqual([]);
    expect(group?.labels).toEqual({ juju_unit: 's/0', instance: 'i' });
    const counters = accepted.filter(({ labels }) => labels['series'] === '1');
    const runs = counters.map(({ samples: [sample] }) => ({
      ...{ metric: 'p_counter_total', series: [0, 1] },
      ...sample,
    }));
    expect(group?.runs.slice(0, -1)).toEqual(runs);
    expect(group?.runs.at(-1)).toMatchObject({ metric: 'p_value', value: 42.5 });
  });

  it('sends of shared counters what another replica sends at that time', async () => {
    const [a, b] = [await receiver(), await receiver()];
    await startWorkload([a.url], { shared: true, series: 1, seed: 0 });
    const other = await startWorkload([b.url], { shared: true, series: 1, seed: 0 });
    await vi.waitFor(() => {
      expect(Math.min(a.accepted.length, b.accepted.length)).toBeGreaterThan(3);
    });
    await act('pause', other);
    for (const { samples } of [...a.accepted, ...b.accepted])
      expect(samples[0]?.value).toBe(Math.floor((samples[0]?.timestamp ?? 0) / 50));
    expect(a.accepted[0]?.labels).toEqual(b.accepted[0]?.labels);
  });

  it('keeps its samples for a receiver that it does not trust until it is told to, and its journal', async () => {
    const authority = await privateAuthority();
    let sent = 0;
    const { server, url } = await listenSecurely(
      await credentialsFor(authority, ['localhost']),
      (request, response) => {
        sent += 1;
        request.resume().once('end', () => response.end());
      },
    );
    servers.push(server);
    const base = await startWorkload([url], { series: 0 });
    const trust = (authorities: readonly string[]) => writeTargets([url], { series: 0, authorities }, 0);
    const first = await act('send', base, { value: 1, timeout: 0.3 });
    expect(first.failure).toMatch(
      /^cannot send: not acknowledged in time; it stays queued: \S+: its certificate is not trusted: /,
    );
    const untrusted = /"lastError":"its certificate is not trusted: unable to get local issuer certificate"/;
    expect((await act('journal', base)).results).toMatchObject({
      ...{ pending: '1', dropped: '0', requests: '0' },
      urls: expect.stringMatching(untrusted),
    });
    expect(sent).toBe(0);
    trust([authority.certificate]);
    expect((await act('send', base, { value: 2 })).failure).toBeUndefined();
    expect((await act('journal', base)).results).toMatchObject({ acknowledged: '2', pending: '0' });
    trust([]);
    await vi.waitFor(
      async () => {
        await act('send', base, { value: 3, timeout: 0.1 });
        expect((await act('journal', base)).results).toMatchObject({
          urls: expect.stringMatching(untrusted),
        });
      },
      { timeout: 5000 },
    );
  });

  it('follows its targets when they change', async () => {
    const [a, b] = [await receiver(), await receiver()];
    await startWorkload([a.url]);
    writeTargets([b.url], { seed: 1 }, 0);
    await vi.waitFor(
      () => {
        expect(b.accepted.length).toBeGreaterThan(2);
      },
      { timeout: 5000 },
    );
    const before = a.accepted.length;
    const later = b.accepted.length;
    await vi.waitFor(() => {
      expect(b.accepted.length).toBeGreaterThan(later + 4);
    });
    expect(a.accepted).toHaveLength(before);
  });
});

describe('the action send', () => {
  it('sends one sample, and says when each URL has acknowledged it', async () => {
    const { url, accepted } = await receiver();
    const base = await startWorkload([url], { series: 0 });
    const { results, failure } = await act('send', base, { value: 42.5 });
    expect(failure).toBeUndefined();
    expect(accepted).toEqual([
      {
        labels: { __name__: 'p_value', juju_unit: 's/0', instance: 'i' },
        samples: [{ value: 42.5, timestamp: Number(results['timestamp']) }],
      },
    ]);
    expect(results).toMatchObject({
      metric: 'p_value',
      value: '42.5',
      urls: JSON.stringify({ [url]: 'acknowledged' }),
    });
  });

  it('takes the name of another metric', async () => {
    const { url, accepted } = await receiver();
    const base = await startWorkload([url], { series: 0 });
    await act('send', base, { value: 1, metric: 'other' });
    expect(accepted[0]?.labels['__name__']).toBe('other');
  });

  it('fails with the reason if the sample is refused', async () => {
    const { url } = await receiver(() => 400);
    const base = await startWorkload([url], { series: 0 });
    expect((await act('send', base, { value: 1 })).failure).toBe(
      `cannot send: dropped: ${url}: 400 the reason`,
    );
  });

  it('fails if there is no URL, or no value, or no workload', async () => {
    const base = await startWorkload([]);
    expect((await act('send', base, { value: 1 })).failure).toBe('cannot send: there is no URL to send to');
    expect((await act('send', base, { value: 'x' })).failure).toMatch(/^cannot send: .*number/);
    expect((await act('send', base, { value: 1, metric: 'a-b' })).failure).toContain('is no metric name');
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    expect((await act('journal', nowhere)).failure).toMatch(/^cannot journal: the workload does not answer/);
  });

  it('fails in time, and leaves the sample queued, if no one acknowledges it', async () => {
    let status = 500;
    const { url, accepted } = await receiver(() => status);
    const base = await startWorkload([url], { series: 0 });
    const { failure } = await act('send', base, { value: 7, timeout: 0.3 });
    expect(failure).toMatch(/^cannot send: not acknowledged in time; it stays queued: \S+: .*500/);
    expect((await act('journal', base)).results['pending']).toBe('1');
    status = 200;
    await vi.waitFor(
      () => {
        expect(accepted[0]?.samples[0]?.value).toBe(7);
      },
      { timeout: 5000 },
    );
  });
});

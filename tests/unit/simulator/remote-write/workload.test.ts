import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHookTools } from '../../../../src/juju/index.ts';
import {
  decodeWriteRequest,
  remoteWriteHeaders,
  type TimeSeries,
} from '../../../../src/simulator/remote-write/encode.ts';
import { runAction } from '../../../../src/simulator/stand-ins/remote-write-sender/actions.ts';
import { postWriteRequest } from '../../../../src/simulator/stand-ins/remote-write-sender/workload/post.ts';

const entry = new URL(
  '../../../../src/simulator/stand-ins/remote-write-sender/workload/sender.ts',
  import.meta.url,
).pathname;

let folder: string;
let workload: ChildProcess | undefined;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sender-'));
});
afterEach(async () => {
  if (workload?.exitCode === null) {
    workload.kill();
    await once(workload, 'exit');
  }
  workload = undefined;
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
async function receiver(status: () => number = () => 200) {
  const accepted: TimeSeries[] = [];
  const headers: unknown[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      headers.push(request.headers);
      const code = status();
      if (code === 200) accepted.push(...decodeWriteRequest(body));
      response.writeHead(code).end(code === 200 ? '' : 'the reason\n');
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}/api/v1/push`, accepted, headers };
}

function writeTargets(urls: readonly string[], more: object = {}): string {
  const path = join(folder, 'targets.json');
  const labels = { juju_unit: 's/0', instance: 'i' };
  const targets = { urls, labels, intervalMs: 50, series: 2, metricPrefix: 'p', seed: 100, ...more };
  writeFileSync(`${path}.new`, JSON.stringify(targets));
  renameSync(`${path}.new`, path);
  return path;
}

/** Starts the workload as Pebble does, and waits until it answers. */
async function startWorkload(urls: readonly string[], more: object = {}): Promise<string> {
  const port = await freePort();
  workload = spawn(process.execPath, [entry, writeTargets(urls, more), port.toString()], {
    stdio: 'inherit',
  });
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
    expect(await postWriteRequest(url, new Uint8Array([0]))).toMatchObject({ kind: 'acknowledged' });
    const expected = Object.entries(remoteWriteHeaders).map(([name, value]) => [name.toLowerCase(), value]);
    expect(headers[0]).toMatchObject(Object.fromEntries(expected));
  });

  it.each([
    [500, { kind: 'again', reason: '500 the reason' }],
    [503, { kind: 'again', reason: '503 the reason' }],
    [429, { kind: 'again', reason: '429 the reason' }],
    [400, { kind: 'refused', reason: '400 the reason' }],
    [302, { kind: 'refused', reason: '302 the reason' }],
    [204, { kind: 'acknowledged' }],
  ])('answered with %d is %j', async (status, result) => {
    const { url } = await receiver(() => status);
    expect(await postWriteRequest(url, new Uint8Array([0]))).toEqual(result);
  });

  it('that finds no one is worth sending again', async () => {
    const port = await freePort();
    expect(await postWriteRequest(`http://127.0.0.1:${port}`, new Uint8Array([0]))).toMatchObject({
      kind: 'again',
      reason: expect.stringContaining('ECONNREFUSED') as unknown,
    });
  });
});

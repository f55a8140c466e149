import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { goLicence } from '../../../scripts/licences.ts';
import { buildProbe } from '../../../scripts/probe.ts';
import { type Architecture, ownArchitecture } from '../../../scripts/stage.ts';
import type { Check } from '../../../src/pebble/index.ts';
import { root } from '../../support/simulation.ts';
import { anAuthority, issueFor } from '../mimir/certificates.ts';
import { eventually, pebbleSuite } from './pebble-suite.ts';

const suite = pebbleSuite();

let folder: string;
let probe: string;
const servers: Server[] = [];
const addresses = { http: '', https: '' };

/** What is answered to each path; any other waits for ever. */
const answers: Record<string, readonly [status: number, text: string, location?: string]> = {
  '/ready': [200, 'ready\n'],
  '/empty': [204, ''],
  '/starting': [503, 'Some services are not Running:\n  Starting: 1\n'],
  '/long': [500, 'é'.repeat(5_000)],
  '/wordless': [404, ''],
  '/moved': [302, '', '/ready'],
};

const answer: RequestListener = ({ url = '' }, response) => {
  const [status, body, location] = answers[url] ?? [];
  if (status === undefined) return;
  response.writeHead(status, location === undefined ? {} : { location }).end(body);
};

async function listen(server: Server): Promise<string> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `127.0.0.1:${portOf(server.address())}`;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('cannot tell the port');
  return address.port;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'probe-'));
  probe = join(folder, 'probe');
  buildProbe(ownArchitecture, probe);
  const { certificate, key } = await issueFor(await anAuthority());
  addresses.http = `http://${await listen(createHttpServer(answer))}`;
  addresses.https = `https://${await listen(createHttpsServer({ cert: certificate, key }, answer))}`;
}, 180_000);

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

async function run(...args: readonly string[]) {
  const child = spawn(probe, args, { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

describe.each(['http', 'https'] as const)('the probe, over %s', (scheme) => {
  const ask = (path: string) => run(`${addresses[scheme]}${path}`);

  it.each(['/ready', '/empty'])('takes a 2xx for good, without a word: %s', async (path) => {
    expect(await ask(path)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.each([
    ['/starting', '503 Service Unavailable: Some services are not Running: Starting: 1\n'],
    ['/wordless', '404 Not Found\n'],
    ['/long', `500 Internal Server Error: ${'é'.repeat(100)}\n`],
    ['/moved', '302 Found\n'],
  ])('tells any other answer in one line: %s', async (path, stderr) => {
    expect(await ask(path)).toEqual({ code: 1, stdout: '', stderr });
  });
});

describe('the probe', () => {
  it('ends by itself where no answer comes', async () => {
    const { code, stderr } = await run(`${addresses.https}/silent`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Get "[^"]*\/silent": .*Client\.Timeout exceeded[^\n]*\n$/);
  });

  it.each(['http', 'https'])('tells that no one listens: %s', async (scheme) => {
    const server = createHttpServer();
    const address = await listen(server);
    server.close();
    await once(server, 'close');
    const { code, stderr } = await run(`${scheme}://${address}/ready`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Get "[^"]*\/ready": .*connection refused\n$/);
  });

  it('tells that the other side does not speak TLS', async () => {
    const { code, stderr } = await run(`${addresses.http.replace('http', 'https')}/ready`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Get "[^"]*\/ready": [^\n]+\n$/);
  });

  it.each([[[]], [['127.0.0.1:9009']], [['file:///etc/passwd']], [['http://a/', 'http://b/']]])(
    'says how it is called when it is called otherwise: %j',
    async (args) => {
      expect(await run(...args)).toEqual({
        code: 2,
        stdout: '',
        stderr: 'usage: probe URL (http:// or https://)\n',
      });
    },
  );
});

/** Whether a program names a loader of libraries (ELF: PT_INTERP). */
function namesLoader(elf: Buffer): boolean {
  const [start, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => elf.readUInt32LE(start + index * size)).includes(3);
}

function sameBytes(architecture: Architecture): void {
  const places = [`one-${architecture}`, `another-${architecture}`].map((name) => {
    const place = join(folder, name);
    cpSync(join(root, 'probe'), place, { recursive: true });
    buildProbe(architecture, join(place, 'bin/probe'), place);
    return place;
  });
  const [one, another] = places.map((place) => readFileSync(join(place, 'bin/probe')));
  expect(another?.equals(one ?? Buffer.of())).toBe(true);
  for (const place of [root, ...places]) expect(one?.includes(place)).toBe(false);
}

describe('the build of the probe', () => {
  // The first build for an architecture compiles Go's library for it too.
  it.each(['amd64', 'arm64'] as const)('gives the same bytes in another folder: %s', sameBytes, 180_000);

  it('is small, needs no library, and can be run by everyone', () => {
    const { size, mode } = statSync(probe);
    expect(size).toBeLessThan(6.5e6);
    expect(mode & 0o777).toBe(0o755);
    expect(namesLoader(readFileSync(probe))).toBe(false);
    expect(namesLoader(readFileSync(process.execPath))).toBe(true);
  });

  it('is under the licence that is shipped with it', ({ skip }) => {
    const goRoot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout.trim();
    const licence = join(goRoot, 'LICENSE');
    skip(!existsSync(licence), 'this Go comes without its licence');
    expect(readFileSync(goLicence, 'utf8')).toBe(readFileSync(licence, 'utf8'));
  });
});

describe("Pebble's check by the probe", () => {
  it('is up while the server answers well, and down when it does not, in its words', async () => {
    const { client } = suite();
    const ready: Check = {
      ...{ override: 'replace', level: 'ready', threshold: 2, period: '200ms', timeout: '190ms' },
      exec: { command: `${probe} ${addresses.https}/switch` },
    };
    const find = async () => (await client.checks()).find(({ name }) => name === 'ready');
    answers['/switch'] = [200, 'ready'];
    await client.addLayer('checks', { checks: { ready } }, { combine: true });
    await eventually('it succeeded', async () => ((await find())?.successes ?? 0) > 0);
    expect(await find()).toMatchObject({ status: 'up' });
    answers['/switch'] = [503, 'waiting for the ring'];
    await eventually('it is down', async () => (await find())?.status === 'down');
    const { prevChangeId = '' } = (await find()) ?? {};
    const { tasks } = await client.change(prevChangeId);
    expect(tasks[0]?.log.join('\n')).toContain('503 Service Unavailable: waiting for the ring');
    answers['/switch'] = [200, 'ready'];
    await eventually('it is up', () => client.health('ready'));
  });
});

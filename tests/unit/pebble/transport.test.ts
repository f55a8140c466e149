import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  createPebbleTransport,
  PebbleTimeoutError,
  PebbleUnreachableError,
} from '../../../src/pebble/index.ts';

let folder = '';
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'transport-'));
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

async function listen(listener: RequestListener): Promise<string> {
  const path = join(folder, 'socket');
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

const get = { doing: 'ask', method: 'GET', path: '/' } as const;

describe('the transport', () => {
  it('carries method, path, headers and body, and brings back status, type and body', async () => {
    const path = await listen((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        response.writeHead(418, { 'Content-Type': 'text/plain' });
        response.end(
          `${request.method ?? ''} ${request.url ?? ''} ${request.headers.accept ?? ''} ${String(body)}`,
        );
      });
    });
    const transport = createPebbleTransport(path);
    const answer = await transport.send({
      doing: 'ask',
      method: 'POST',
      path: '/v1/x?a=1',
      headers: { Accept: 'y' },
      body: 'é',
    });
    expect(answer).toEqual({
      statusCode: 418,
      contentType: 'text/plain',
      body: Buffer.from('POST /v1/x?a=1 y é'),
    });
    transport.close();
  });

  it('tells of every request before it is sent', async () => {
    const told: string[] = [];
    const transport = createPebbleTransport(join(folder, 'none'), {
      onRequest: (method, path) => told.push(`${method} ${path}`),
    });
    await expect(transport.send(get)).rejects.toThrow('cannot ask: Pebble cannot be reached (connect ENOENT');
    expect(told).toEqual(['GET /']);
  });

  it('keeps its bound also in the middle of an answer', async () => {
    const path = await listen((_, response) => {
      response.writeHead(200);
      response.write('half');
    });
    const transport = createPebbleTransport(path, { timeoutMs: 60_000 });
    const answer = transport.send({ ...get, timeoutMs: 50 });
    await expect(answer).rejects.toBeInstanceOf(PebbleTimeoutError);
    await expect(answer).rejects.toThrow('cannot ask: Pebble did not answer within 50 ms');
  });

  it('takes half an answer for none', async () => {
    const path = await listen((_, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    });
    await expect(createPebbleTransport(path).send(get)).rejects.toBeInstanceOf(PebbleUnreachableError);
  });

  it('answers an upgrade that is refused with the refusal', async () => {
    const path = await listen((_, response) => response.writeHead(400).end('no'));
    const transport = createPebbleTransport(path);
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
    const upgrade = await transport.upgrade({ ...get, headers });
    expect(upgrade).toMatchObject({ refused: { statusCode: 400, body: Buffer.from('no') } });
    transport.close();
  });

  it('ends what is under way when it is closed', async () => {
    const path = await listen(() => undefined);
    const transport = createPebbleTransport(path);
    const answer = transport.send(get);
    setTimeout(() => {
      transport.close();
    }, 30);
    await expect(answer).rejects.toBeInstanceOf(PebbleUnreachableError);
  });
});

import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { sendTrace } from '../../../src/otlp/send-trace.ts';
import type { Span, Trace } from '../../../src/otlp/trace.ts';
import { credentialsFor, listenSecurely, privateAuthority } from '../../support/private-authority.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const root: Span = { name: 'start', start: 1, end: 2, attributes: {}, failure: undefined };
const trace: Trace = { resource: { 'service.name': 'x' }, root, children: [] };
const loopback = () => Promise.resolve('127.0.0.1');
const send = (url: string, authorities = '') => sendTrace(trace, { url, authorities }, loopback);

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Got {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function receiver(status: number): Promise<{ readonly port: number; readonly got: Got[] }> {
  const got: Got[] = [];
  const server = createHttpServer((request, response) => {
    void text(request).then((body) => {
      got.push({ url: request.url, headers: request.headers, body });
      response.writeHead(status).end('{}');
    });
  });
  return { port: await listen(server), got };
}

/** A server of TCP, which has no patience with what stays open when the test ends. */
async function tcp(accept: (socket: Socket) => void): Promise<number> {
  return listen(
    createServer((socket) => {
      ends.push(() => socket.destroy());
      socket.on('error', () => undefined);
      accept(socket);
    }),
  );
}

describe('a trace', () => {
  test('is posted to the receiver under its own name, wherever that leads, with ids of its own each time', async () => {
    const { port, got } = await receiver(200);
    await send(`http://tempo.cos:${port}/at/v1/traces`);
    await send(`http://tempo.cos:${port}/at/v1/traces`);
    expect(got[0]).toMatchObject({
      url: '/at/v1/traces',
      headers: { host: `tempo.cos:${port}`, 'content-type': 'application/json' },
    });
    const ids = got.map(({ body }) => /"traceId":"([0-9a-f]{32})","spanId":"([0-9a-f]{16})"/.exec(body));
    expect(ids).not.toContain(null);
    expect(ids[0]?.[1]).not.toBe(ids[1]?.[1]);
  });

  test('goes to an address as it is', async () => {
    const { port, got } = await receiver(202);
    const nowhere = () => Promise.reject(new Error('there is no name to look up'));
    await sendTrace(trace, { url: `http://127.0.0.1:${port}/v1/traces`, authorities: '' }, nowhere);
    expect(got).toHaveLength(1);
  });

  test('goes over TLS to a receiver of an authority that is trusted, and to no other', async () => {
    const authority = await privateAuthority();
    const { server, url } = await listenSecurely(await credentialsFor(authority, ['tempo']), (_, response) =>
      response.end('{}'),
    );
    ends.push(() => server.close());
    const named = url.replace('localhost', 'tempo');
    await expect(send(`${named}/v1/traces`, authority.certificate)).resolves.toBeUndefined();
    await expect(send(`${named}/v1/traces`)).rejects.toThrow(/^cannot send a trace to https:/);
    await expect(send(`${url}/v1/traces`, authority.certificate)).rejects.toThrow(/altnames/);
  });
});

describe('a receiver', () => {
  test.each([400, 404, 429, 503, 302])('that answers %i has not taken it', async (status) => {
    const { port } = await receiver(status);
    await expect(send(`http://tempo:${port}/v1/traces`)).rejects.toThrow(
      `cannot send a trace to http://tempo:${port}/v1/traces: it answers ${status}`,
    );
  });

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['takes it and never answers', () => undefined, /no answer within \d+ ms$/],
    ['closes', (socket) => socket.end(), /the connection was closed before the answer was whole$/],
    ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy()), /ECONNRESET|closed before/],
    ['speaks no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), /no HTTP|closed before/],
    [
      'answers a byte at a time',
      (socket) => {
        const timer = setInterval(() => socket.write('H'), 100);
        socket.once('close', () => {
          clearInterval(timer);
        });
      },
      /no answer within|no HTTP/,
    ],
  ])('that %s is given up within a second', async (_what, accept, why) => {
    const port = await tcp(accept);
    const begin = performance.now();
    await expect(send(`http://tempo:${port}/v1/traces`)).rejects.toThrow(why);
    // The bound is of one second; the rest is for a machine that is busy.
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  test('that never speaks TLS is given up within a second, too', async () => {
    const port = await tcp(() => undefined);
    await expect(send(`https://tempo:${port}/v1/traces`)).rejects.toThrow(/no answer within \d+ ms$/);
  });

  test('that nothing listens for, or that has no address, is given up at once', async () => {
    const port = await tcp(() => undefined);
    for (const end of ends.splice(0)) end();
    await expect(send(`http://tempo:${port}/v1/traces`)).rejects.toThrow(/ECONNREFUSED/);
    const nowhere = () => Promise.resolve(undefined);
    await expect(
      sendTrace(trace, { url: 'http://tempo:4318/v1/traces', authorities: '' }, nowhere),
    ).rejects.toThrow('cannot send a trace to http://tempo:4318/v1/traces: tempo does not resolve');
  });
});

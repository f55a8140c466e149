import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Route, Routing } from '../../../../src/simulator/stand-ins/ingress/routes.ts';
import { createProxy } from '../../../../src/simulator/stand-ins/ingress/workload/proxy.ts';
import type { Authority } from '../../../../src/x509/certificate-authority.ts';
import {
  credentialsFor,
  listenSecurely,
  privateAuthority,
  type ServerCredentials,
} from '../../../support/private-authority.ts';

let root: Authority;
let middle: Authority;
let credentials: ServerCredentials;
beforeAll(async () => {
  root = await privateAuthority();
  middle = await privateAuthority(root);
  credentials = await credentialsFor(middle, ['localhost']);
});

let routing: Routing;
let logged: string[];
const servers: (Server | SecureServer)[] = [];
beforeEach(() => {
  routing = { routes: [], authorities: [] };
  logged = [];
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Starts a proxy; what it answers to a path. */
async function aProxy(): Promise<(path: string, body?: string) => Promise<string>> {
  const proxy = createProxy({ routing: () => routing, log: (line) => logged.push(line) });
  servers.push(proxy);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return async (path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...(body !== undefined && { method: 'POST', body }),
    });
    return `${answer.status} ${await answer.text()}`;
  };
}

/** Starts a unit that presents a certificate with its chain; what it was asked for. */
async function aUnit(chain: readonly Authority[] = []) {
  const asked: { path: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
  const cert = [credentials.cert, ...chain.map(({ certificate }) => certificate)].join('');
  const { server, url } = await listenSecurely({ ...credentials, cert }, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.once('end', () => {
      asked.push({ path: request.url, headers: request.headers, body });
      response.end('from the unit');
    });
  });
  servers.push(server);
  return { url, asked };
}

const route = (servers: string[], healthPath?: string): Route => ({
  ...{ prefix: '/cos-mimir', stripPrefix: true, servers },
  ...(healthPath !== undefined && { healthPath }),
});
const authorities = (...each: readonly Authority[]) => each.map(({ certificate }) => certificate);

describe('the proxy of the ingress, to a unit that speaks https', () => {
  it('sends requests on as it does by http', async () => {
    const { url, asked } = await aUnit([middle]);
    routing = { routes: [route([url])], authorities: authorities(root) };
    const ask = await aProxy();
    expect(await ask('/cos-mimir/api/v1/push?x=1', 'samples')).toBe('200 from the unit');
    expect(asked).toMatchObject([
      {
        path: '/api/v1/push?x=1',
        body: 'samples',
        headers: {
          host: new URL(url).host,
          'x-forwarded-proto': 'http',
          'x-forwarded-prefix': '/cos-mimir',
        },
      },
    ]);
  });

  it('takes it for healthy as long as it trusts it, and logs once why it does not', async () => {
    const { url, asked } = await aUnit([middle]);
    routing = { routes: [route([url], '/ready')], authorities: [] };
    const ask = await aProxy();
    expect(await ask('/cos-mimir/')).toBe('503 no available server\n');
    expect(await ask('/cos-mimir/')).toBe('503 no available server\n');
    routing = { ...routing, authorities: authorities(root) };
    expect(await ask('/cos-mimir/')).toBe('200 from the unit');
    expect(asked.map(({ path }) => path)).toEqual(['/ready', '/']);
    routing = { ...routing, authorities: [] };
    expect(await ask('/cos-mimir/')).toBe('503 no available server\n');
    expect(asked).toHaveLength(2);
    const untrusted = expect.stringContaining(`${url} is not healthy: its certificate is not trusted: `);
    expect(logged).toEqual([untrusted, `${url} is healthy again`, untrusted]);
  });

  it('without a health check answers why there is no trust', async () => {
    const { url } = await aUnit([middle]);
    routing = { routes: [route([url])], authorities: authorities(await privateAuthority()) };
    const ask = await aProxy();
    expect(await ask('/cos-mimir/')).toMatch(/^502 its certificate is not trusted: /);
  });

  it('trusts an intermediate authority that it was told of', async () => {
    const { url } = await aUnit();
    routing = { routes: [route([url])], authorities: authorities(middle) };
    const ask = await aProxy();
    expect(await ask('/cos-mimir/')).toBe('200 from the unit');
  });

  it('verifies the name that it dials, and goes to a unit that has it', async () => {
    const [first, second] = [await aUnit([middle]), await aUnit([middle])];
    const other = first.url.replace('localhost', '127.0.0.1');
    routing = { routes: [route([other, second.url], '/ready')], authorities: authorities(root) };
    const ask = await aProxy();
    for (let turn = 0; turn < 3; turn++) expect(await ask('/cos-mimir/')).toBe('200 from the unit');
    expect(first.asked).toEqual([]);
    expect(logged).toEqual([
      expect.stringContaining(`${other} is not healthy: its certificate is not trusted: `),
    ]);
  });
});

describe('the proxy of the ingress, to a unit that speaks http', () => {
  it('asks it for its health, and sends requests on', async () => {
    const unit = createServer((request, response) => {
      response.writeHead(request.url === '/sick' ? 500 : 200).end(request.url);
    });
    servers.push(unit);
    await new Promise<void>((resolve) => unit.listen(0, '127.0.0.1', resolve));
    const address = unit.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    routing = { routes: [{ ...route([url], '/ready'), stripPrefix: false }], authorities: [] };
    const ask = await aProxy();
    expect(await ask('/cos-mimir?x')).toBe('200 /cos-mimir?x');
    expect(await ask('/cos-mimirs')).toMatch(/^404 /);
    routing = { routes: [route([url], '/sick')], authorities: [] };
    expect(await ask('/cos-mimir')).toMatch(/^503 /);
    expect(logged).toEqual([`${url} is not healthy: /sick is answered 500`]);
  });
});

import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Route } from '../routes.ts';

/** How long a unit may take to say that it is healthy, in ms. */
const healthTimeoutMs = 2000;

/** Makes a server that proxies each request to a healthy unit of the route whose prefix its path begins with. */
export function createProxy(routes: () => readonly Route[]): Server {
  let turn = 0;
  return createServer((asked, answer) => {
    turn += 1;
    proxy(asked, answer, { routes: routes(), turn }).catch((error: unknown) => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end(`${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
}

async function proxy(
  asked: IncomingMessage,
  answer: ServerResponse,
  { routes, turn }: { readonly routes: readonly Route[]; readonly turn: number },
): Promise<void> {
  const path = asked.url ?? '/';
  const route = routes.find(
    ({ prefix }) => path === prefix || (/^[/?]/.test(path.slice(prefix.length)) && path.startsWith(prefix)),
  );
  if (route === undefined) {
    answer.writeHead(404).end('404 page not found\n');
    return;
  }
  const healthy = await healthyServers(route);
  const server = healthy[turn % healthy.length];
  if (server === undefined) {
    answer.writeHead(503).end('no available server\n');
    return;
  }
  const rest = path.slice(route.prefix.length);
  const target = new URL(route.stripPrefix ? (rest.startsWith('/') ? rest : `/${rest}`) : path, server);
  const headers = {
    ...asked.headers,
    host: target.host,
    'x-forwarded-host': asked.headers.host ?? '',
    'x-forwarded-proto': 'http',
    ...(route.stripPrefix ? { 'x-forwarded-prefix': route.prefix } : {}),
  };
  const got = await send(target, { method: asked.method ?? 'GET', headers }, asked);
  answer.writeHead(got.statusCode ?? 502, got.headers);
  await pipeline(got, answer);
}

async function healthyServers({ servers, healthPath }: Route): Promise<readonly string[]> {
  if (healthPath === undefined) return servers;
  const found = await Promise.all(
    servers.map(async (server) => {
      try {
        const signal = AbortSignal.timeout(healthTimeoutMs);
        const got = await send(new URL(healthPath, server), { method: 'GET', signal });
        got.resume();
        return got.statusCode === 200 ? [server] : [];
      } catch {
        // A unit that does not answer is not healthy; the request goes to another.
        return [];
      }
    }),
  );
  return found.flat();
}

interface Sent {
  readonly method: string;
  readonly headers?: NodeJS.Dict<string | string[]>;
  readonly signal?: AbortSignal;
}

function send(url: URL, options: Sent, body?: IncomingMessage): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, resolve).on('error', reject);
    if (body === undefined) sent.end();
    else pipeline(body, sent).catch(reject);
  });
}

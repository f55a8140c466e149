import {
  createServer,
  globalAgent,
  type Agent,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isSecure, sendRequest } from '../../send-request.ts';
import { keepTrustingAgent } from '../../trusting-agent.ts';
import type { Route, Routing } from '../routes.ts';

/** How long a unit may take to say that it is healthy, in ms. */
const healthTimeoutMs = 2000;

/** How long a connection to a unit is kept for another request, in ms (Node.js: that of its agent for http). */
const idleMs = 5000;

/** What a proxy needs of the world. */
export interface ProxyPorts {
  /** Asked at each request. */
  readonly routing: () => Routing;
  readonly log: (line: string) => void;
}

/** What units are reached with. */
interface Reach {
  readonly agentFor: (url: string | URL) => Agent;
  /** Notes why a unit is not healthy; undefined if it is. */
  readonly note: (server: string, fault: string | undefined) => void;
}

/** One request and its answer. */
interface Exchange {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  /** Its number: units take requests in turn. */
  readonly turn: number;
}

/**
 * Makes a server that proxies each request to a healthy unit of the route whose prefix its path begins with. A unit of
 * an https URL has to have a certificate for the URL's host by someone who is trusted; else it is not healthy.
 */
export function createProxy({ routing, log }: ProxyPorts): Server {
  const secureAgent = keepTrustingAgent({ keepAlive: true, timeout: idleMs });
  const note = createNotes(log);
  let turn = 0;
  return createServer((asked, answer) => {
    turn += 1;
    const { routes, authorities } = routing();
    const agentFor = (url: string | URL) => (isSecure(url) ? secureAgent(authorities) : globalAgent);
    proxy({ asked, answer, turn }, routes, { agentFor, note }).catch((error: unknown) => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end(`${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
}

async function proxy(
  { asked, answer, turn }: Exchange,
  routes: readonly Route[],
  reach: Reach,
): Promise<void> {
  const path = asked.url ?? '/';
  const route = routes.find(
    ({ prefix }) => path === prefix || (/^[/?]/.test(path.slice(prefix.length)) && path.startsWith(prefix)),
  );
  if (route === undefined) {
    answer.writeHead(404).end('404 page not found\n');
    return;
  }
  const healthy = await healthyServers(route, reach);
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
  const request = { method: asked.method ?? 'GET', headers, body: asked, agent: reach.agentFor(target) };
  const got = await sendRequest(target, request);
  answer.writeHead(got.statusCode ?? 502, got.headers);
  await pipeline(got, answer);
}

/** Those that are healthy; one that does not answer is not, and the request goes to another. */
async function healthyServers({ servers, healthPath }: Route, reach: Reach): Promise<readonly string[]> {
  if (healthPath === undefined) return servers;
  const faults = await Promise.all(
    servers.map(async (server) => {
      const fault = await findFault(server, healthPath, reach);
      reach.note(server, fault);
      return fault;
    }),
  );
  return servers.filter((_, index) => faults[index] === undefined);
}

async function findFault(server: string, path: string, { agentFor }: Reach): Promise<string | undefined> {
  try {
    const request = { method: 'GET', agent: agentFor(server), timeoutMs: healthTimeoutMs };
    const got = await sendRequest(new URL(path, server), request);
    got.resume();
    return got.statusCode === 200 ? undefined : `${path} is answered ${got.statusCode ?? 0}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Logs what is wrong with a unit, but once: it is noted at each request. */
function createNotes(log: (line: string) => void): Reach['note'] {
  const noted = new Map<string, string | undefined>();
  return (server, fault) => {
    if (noted.get(server) === fault) return;
    noted.set(server, fault);
    log(fault === undefined ? `${server} is healthy again` : `${server} is not healthy: ${fault}`);
  };
}

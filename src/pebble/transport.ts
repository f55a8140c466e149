import { Agent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Duplex } from 'node:stream';

import { PebbleTimeoutError, PebbleUnreachableError } from './errors.ts';

/** One HTTP request to Pebble. */
export interface PebbleRequest {
  /** What it is for, as the X of "cannot X: why". */
  readonly doing: string;
  readonly method: 'GET' | 'POST';
  /** Path with query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Milliseconds until the whole answer must be there; the transport's own bound if absent. */
  readonly timeoutMs?: number;
}

/** An HTTP answer, whatever its status. */
export interface PebbleAnswer {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** What an upgrade ended in: a raw connection, or an ordinary answer that refuses it. */
export type PebbleUpgrade =
  | { readonly socket: Duplex; readonly head: Buffer; readonly accept: string | undefined }
  | { readonly refused: PebbleAnswer };

/** Carries requests to one Pebble. Throws `PebbleUnreachableError` and `PebbleTimeoutError`. */
export interface PebbleTransport {
  send(request: PebbleRequest): Promise<PebbleAnswer>;
  /** Asks for another protocol (the WebSockets of exec); `send`'s headers must name it. */
  upgrade(request: PebbleRequest): Promise<PebbleUpgrade>;
  /** Ends the kept connections; what is under way fails as unreachable. */
  close(): void;
}

/** Settings of a transport. */
export interface PebbleTransportOptions {
  /** Milliseconds until an answer must be there; 10 000 if absent. */
  readonly timeoutMs?: number;
  /** Told of every request before it is sent. */
  readonly onRequest?: (method: string, path: string) => void;
}

/** Opens no connection yet; the first request does, and later ones keep using it. */
export function createPebbleTransport(
  socketPath: string,
  options: PebbleTransportOptions = {},
): PebbleTransport {
  const agent = new Agent({ keepAlive: true });
  const { timeoutMs = 10_000, onRequest } = options;

  function open(request: PebbleRequest, settle: Settle): void {
    onRequest?.(request.method, request.path);
    const { method, path, headers } = request;
    const wire: RequestOptions = { socketPath, agent, method, path, headers: { Host: 'pebble', ...headers } };
    exchange(httpRequest(wire), { timeoutMs, ...request }, settle);
  }

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        open(request, {
          resolve,
          reject,
        });
      }),
    upgrade: (request) =>
      new Promise((resolve, reject) => {
        open(request, {
          resolve: (refused) => {
            resolve({ refused });
          },
          upgraded: resolve,
          reject,
        });
      }),
    close: () => {
      agent.destroy();
    },
  };
}

interface Settle {
  readonly resolve: (answer: PebbleAnswer) => void;
  readonly upgraded?: (upgrade: PebbleUpgrade) => void;
  readonly reject: (error: Error) => void;
}

function exchange(
  outgoing: ClientRequest,
  request: PebbleRequest & { timeoutMs: number },
  settle: Settle,
): void {
  const { doing, timeoutMs, body } = request;
  const timer = setTimeout(() => {
    outgoing.destroy(new PebbleTimeoutError(doing, `Pebble did not answer within ${timeoutMs} ms`));
  }, timeoutMs);
  const fail = (error: Error) => {
    clearTimeout(timer);
    settle.reject(unreachable(doing, error));
  };
  outgoing.on('error', fail);
  outgoing.once('response', (incoming) => {
    collect(incoming, fail, (answer) => {
      clearTimeout(timer);
      settle.resolve(answer);
    });
  });
  if (settle.upgraded !== undefined) {
    const { upgraded } = settle;
    outgoing.once('upgrade', (incoming, socket, head) => {
      clearTimeout(timer);
      upgraded({ socket, head, accept: incoming.headers['sec-websocket-accept'] });
    });
  }
  outgoing.end(body);
}

function collect(
  incoming: IncomingMessage,
  fail: (error: Error) => void,
  done: (answer: PebbleAnswer) => void,
): void {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('error', fail);
  incoming.once('end', () => {
    done({
      statusCode: incoming.statusCode ?? 0,
      contentType: incoming.headers['content-type'] ?? '',
      body: Buffer.concat(chunks),
    });
  });
}

function unreachable(doing: string, error: Error): Error {
  if (error instanceof PebbleTimeoutError) return error;
  return new PebbleUnreachableError(doing, `Pebble cannot be reached (${error.message})`, error);
}

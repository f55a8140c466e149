import type { Duplex } from 'node:stream';

import type { HttpAnswer } from '../http/answer-reader.ts';
import { HttpTimeoutError } from '../http/exchange.ts';
import type { HttpRequest } from '../http/exchange.ts';
import { createHttpClient } from '../http/http-client.ts';
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
  const http = createHttpClient({ path: socketPath });
  const carry = async <T>(request: PebbleRequest, by: (sent: HttpRequest) => Promise<T>): Promise<T> => {
    const { doing, method, path, headers, body, timeoutMs = options.timeoutMs ?? 10_000 } = request;
    options.onRequest?.(method, path);
    try {
      return await by({ method, path, headers: headers ?? {}, body, timeoutMs });
    } catch (error) {
      if (!(error instanceof HttpTimeoutError)) throw unreachable(doing, error);
      throw new PebbleTimeoutError(doing, `Pebble did not answer within ${timeoutMs} ms`);
    }
  };
  return {
    send: async (request) => toAnswer(await carry(request, (sent) => http.send(sent))),
    upgrade: async (request) => {
      const upgrade = await carry(request, (sent) => http.upgrade(sent));
      if (upgrade.status !== 101) return { refused: toAnswer(upgrade) };
      const { socket, head, headers } = upgrade;
      return { socket, head, accept: headers.get('sec-websocket-accept') };
    },
    close: () => {
      http.close();
    },
  };
}

function toAnswer({ status, headers, body }: HttpAnswer): PebbleAnswer {
  return { statusCode: status, contentType: headers.get('content-type') ?? '', body };
}

function unreachable(doing: string, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return new PebbleUnreachableError(doing, `Pebble cannot be reached (${why})`, error);
}

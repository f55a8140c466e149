import type { Socket } from 'node:net';
import type { HttpAnswer } from './answer-reader.ts';
import { createConnections, type HttpTarget } from './connections.ts';
import { exchange, type HttpRequest } from './exchange.ts';

/** The answer to a request for another protocol: with status 101 the connection is the caller's. */
export interface HttpUpgrade extends HttpAnswer {
  readonly socket: Socket;
  /** What the other protocol has said already. */
  readonly head: Buffer;
}

/**
 * Carries requests to one server, over connections that are kept: as many as there are requests under way. Its
 * methods throw `HttpTimeoutError`, or Node's own error of a connection that cannot be made or breaks.
 */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Sends a request whose headers ask for another protocol. */
  upgrade(request: HttpRequest): Promise<HttpUpgrade>;
  /** Ends all connections; what is under way fails. */
  close(): void;
}

/** Makes a client that opens its first connection with its first request. Idle ones do not keep the process alive. */
export function createHttpClient(target: HttpTarget): HttpClient {
  const connections = createConnections(target);
  const host = 'path' in target ? 'unix' : `${target.host}:${target.port}`;
  return {
    send: async (request) => {
      const socket = connections.take();
      const answer = await exchange(socket, request, host);
      if (answer.keepAlive) connections.giveBack(socket);
      else socket.destroy();
      return answer;
    },
    upgrade: async (request) => {
      const socket = connections.take();
      const answer = await exchange(socket, request, host);
      if (answer.status !== 101) socket.destroy();
      return { ...answer, socket, head: answer.rest };
    },
    close: () => {
      connections.close();
    },
  };
}

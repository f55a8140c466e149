import { once } from 'node:events';
import { chmod, rename } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ToolObserver } from '../agent/tool-observer.ts';

/** A proxy that stands where a Pebble's socket was. */
export interface PebbleTap {
  /** Path of Pebble's own socket; undefined once the tap is closed. */
  untapped(): string | undefined;
  /** Stops listening at once. */
  close(): void;
}

/**
 * Moves a Pebble's socket aside and answers in its stead, so that requests of dispatches can be counted, recorded,
 * and be where a dispatch is killed. Pebble sees the simulator as its caller: an admin.
 */
export async function tapPebble(path: string, observer: ToolObserver): Promise<PebbleTap> {
  const own = `${path}.untapped`;
  await rename(path, own);
  const connections = new Set<Duplex>();
  const server = createServer((incoming, answer) => {
    if (observer.countCall()) incoming.socket.destroy();
    else forward(own, { incoming, answer, observer });
  });
  server.on('upgrade', (incoming, client: Duplex, head) => {
    if (observer.countCall()) client.destroy();
    else join(own, { incoming, client, head });
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o666);
  let open = true;
  return {
    untapped: () => (open ? own : undefined),
    close: () => {
      open = false;
      server.close();
      for (const socket of connections) socket.destroy();
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
  readonly observer: ToolObserver;
}

function forward(socketPath: string, { incoming, answer, observer }: Exchange): void {
  const { method = 'GET', url = '/', headers } = incoming;
  const outgoing = request({ socketPath, method, path: url, headers, agent: false }, (reply) => {
    observer.record({
      tool: 'pebble',
      args: [method, url],
      stdout: '',
      stderr: '',
      code: reply.statusCode ?? 0,
    });
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
  });
  // Whoever asks sees a Pebble that hung up.
  outgoing.on('error', () => incoming.socket.destroy());
  answer.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function join(
  socketPath: string,
  { incoming, client, head }: { incoming: IncomingMessage; client: Duplex; head: Buffer },
): void {
  const pebble = connect(socketPath, () => {
    const headers = incoming.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
    pebble.write(`${incoming.method ?? 'GET'} ${incoming.url ?? '/'} HTTP/1.1\r\n${headers.join('')}\r\n`);
    pebble.write(head);
    pebble.pipe(client).pipe(pebble);
  });
  pebble.on('error', () => client.destroy());
  client.on('error', () => pebble.destroy());
  client.on('close', () => pebble.destroy());
}

import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { controlRequest } from '../control.ts';
import type { ControlAnswer, ControlRequest } from '../control.ts';
import type { Caller } from './commands.ts';

/** Who carries out requests. */
export interface ControlHandler {
  handle(request: ControlRequest, caller: Caller): Promise<unknown>;
  /** The answer to `down` was sent. */
  onDown(): void;
}

/** Serves the control protocol on a unix socket: JSON lines, several requests a connection, one after the other. */
export async function serveControl(path: string, handler: ControlHandler): Promise<{ close(): void }> {
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A caller that went away has no more to hear.
    serveCaller(socket, handler).catch(() => socket.destroy());
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function serveCaller(socket: Socket, handler: ControlHandler): Promise<void> {
  const gone = new AbortController();
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    gone.abort();
  });
  const answer = (line: ControlAnswer) => {
    if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
  };
  for await (const line of createInterface({ input: socket })) {
    if (line.trim() !== '') await serveLine(line, handler, { answer, gone: gone.signal });
  }
}

async function serveLine(line: string, handler: ControlHandler, caller: Caller): Promise<void> {
  try {
    const request = controlRequest.parse(JSON.parse(line));
    const value = (await handler.handle(request, caller)) ?? null;
    caller.answer({ kind: 'result', value });
    if (request.command === 'down') handler.onDown();
  } catch (error) {
    caller.answer({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  }
}

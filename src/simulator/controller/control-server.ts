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
  /** The answer to `down`, which has been carried out, was sent. */
  onDown(): void;
}

/** A control socket that is served. */
export interface ControlServer {
  /** Takes no more callers, and removes the socket; those that are there still get their answers. */
  stopListening(): void;
  close(): void;
}

/** Serves the control protocol on a unix socket: JSON lines, several requests a connection, one after the other. */
export async function serveControl(path: string, handler: ControlHandler): Promise<ControlServer> {
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
    stopListening: () => {
      server.close();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface ServedCaller extends Caller {
  /** Calls back when all answers so far have been sent, or cannot be. */
  readonly sent: (then: () => void) => void;
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
  const sent = (then: () => void) => {
    if (socket.writable) socket.write('', then);
    else then();
  };
  for await (const line of createInterface({ input: socket })) {
    if (line.trim() !== '') await serveLine(line, handler, { answer, gone: gone.signal, sent });
  }
}

async function serveLine(line: string, handler: ControlHandler, caller: ServedCaller): Promise<void> {
  try {
    const request = controlRequest.parse(JSON.parse(line));
    const value = (await handler.handle(request, caller)) ?? null;
    caller.answer({ kind: 'result', value });
    if (request.command === 'down')
      caller.sent(() => {
        handler.onDown();
      });
  } catch (error) {
    caller.answer({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  }
}

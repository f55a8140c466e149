import { setImmediate as readsTaken } from 'node:timers/promises';

import * as z from 'zod/mini';

import { callAsync, unexpected } from './api.ts';
import { waitForChange } from './changes.ts';
import type { Change } from './changes.ts';
import { PebbleChangeError, PebbleTimeoutError } from './errors.ts';
import type { PebbleTransport } from './transport.ts';
import { openWebSocket } from './websocket.ts';
import type { WebSocketConnection } from './websocket.ts';

/** A command to run in the container. */
export interface ExecRequest {
  /** Program and arguments; no shell runs them. */
  readonly command: readonly string[];
  /** Added to Pebble's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The home folder of Pebble's user if absent. */
  readonly workingDir?: string;
  /** Milliseconds until the command is killed. */
  readonly timeoutMs: number;
  /** What the command reads; nothing if absent. */
  readonly stdin?: string | Uint8Array;
}

/** What a command came to. */
export interface ExecResult {
  /** 128 plus the signal's number if a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls that are about commands. */
export interface ExecCalls {
  /**
   * Runs a command to its end; an exit code other than 0 is no error. Throws `PebbleApiError` if there is no such
   * program, `PebbleChangeError` if it cannot be started, and `PebbleTimeoutError` if it was killed for its time.
   * If we go away, Pebble kills the command.
   */
  exec(request: ExecRequest): Promise<ExecResult>;
}

/** Time in ms that Pebble gets on top of the command's own, to kill it and say so. */
const grace = 2_000;

/** Bytes of stdin in one message. */
const stdinChunk = 64 * 1024;

/** The text message that ends a stream, either way (Pebble: internals/wsutil). */
const endOfStream = '{"command":"end"}';

/** Binds the calls to a transport. */
export function execCalls(transport: PebbleTransport): ExecCalls {
  return {
    exec: async (request) => {
      const doing = `run ${request.command[0] ?? 'nothing'}`;
      const { change, result } = await callAsync(transport, {
        doing,
        path: '/v1/exec',
        body: toBody(request),
        result: z.object({ 'task-id': z.string() }),
      });
      const open = (name: string) =>
        openWebSocket(transport, { doing, path: `/v1/tasks/${result['task-id']}/websocket/${name}` });
      const connections = await connectAll(open);
      try {
        return await converse(transport, { doing, change, request, connections });
      } catch (error) {
        throw asTimeout(doing, error);
      } finally {
        // The control connection above all: cut without a word, it has Pebble kill a command that still runs.
        connections.forEach((connection) => {
          connection.destroy();
        });
      }
    },
  };
}

function toBody({ command, environment, workingDir, timeoutMs }: ExecRequest): Record<string, unknown> {
  const timeout = `${timeoutMs}ms`;
  return { command, environment, 'working-dir': workingDir, timeout, 'split-stderr': true };
}

type Connections = readonly [
  control: WebSocketConnection,
  stdio: WebSocketConnection,
  stderr: WebSocketConnection,
];

/**
 * The command starts when stdio and stderr are there, and may be over soon after: control must come first. Pebble
 * gives up if they are not there within 5 s.
 */
async function connectAll(open: (name: string) => Promise<WebSocketConnection>): Promise<Connections> {
  const opened: WebSocketConnection[] = [];
  const keep = async (name: string) => {
    const connection = await open(name);
    opened.push(connection);
    return connection;
  };
  try {
    return [await keep('control'), await keep('stdio'), await keep('stderr')];
  } catch (error) {
    opened.forEach((connection) => {
      connection.destroy();
    });
    throw error;
  }
}

interface Conversation {
  readonly doing: string;
  readonly change: string;
  readonly request: ExecRequest;
  readonly connections: Connections;
}

async function converse(transport: PebbleTransport, conversation: Conversation): Promise<ExecResult> {
  const { doing, change, request, connections } = conversation;
  const [, stdio, stderr] = connections;
  // Not waited for: a command may end without reading it all, and then the rest has nowhere to go.
  sendStdin(stdio, Buffer.from(request.stdin ?? '')).catch(() => undefined);
  const [stdoutText, stderrText, ended] = await Promise.all([
    readStream(stdio),
    readStream(stderr),
    waitForChange(transport, change, { doing, timeoutMs: request.timeoutMs + grace }),
  ]);
  return { exitCode: exitCode(doing, ended), stdout: stdoutText, stderr: stderrText };
}

async function sendStdin(stdio: WebSocketConnection, stdin: Buffer): Promise<void> {
  for (let start = 0; start < stdin.length; start += stdinChunk) {
    await stdio.send(stdin.subarray(start, start + stdinChunk));
    // Lets what has come be taken before a write that may fail, since the command may have ended.
    await readsTaken();
  }
  await stdio.send(endOfStream);
}

/** Collects binary messages up to the text message that ends the stream; Pebble sends no other text. */
async function readStream(connection: WebSocketConnection): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const message of connection.messages()) {
    if (typeof message === 'string') break;
    chunks.push(message);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function exitCode(doing: string, change: Change): number {
  const code = z.number().safeParse(change.tasks[0]?.data['exit-code']);
  if (code.success) return code.data;
  throw unexpected(doing, `change ${change.id} has no exit code`);
}

/** A command that ran out of its time is a failed change to Pebble. */
function asTimeout(doing: string, error: unknown): unknown {
  if (!(error instanceof PebbleChangeError)) return error;
  const why = error.change.err ?? '';
  return why.includes('timed out after') ? new PebbleTimeoutError(doing, why, error) : error;
}

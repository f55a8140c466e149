import { on } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { z } from 'zod';
import type { ControlAnswer, controlRequest } from './control.ts';
import { controlSocket } from './launch/launch.ts';

/** A request as one writes it: fields that have a default may be left out. */
export type ControlCall = z.input<typeof controlRequest>;

/** What may come before a request's result: a command's output, or a line of the log. */
export type ControlLine = Extract<ControlAnswer, { kind: 'output' | 'log' }>;

/** The simulator cannot be talked to: it is not running, or went away in the middle of an answer. */
export class SimulatorUnreachableError extends Error {
  override readonly name = 'SimulatorUnreachableError';
  readonly stateFolder: string;

  constructor(stateFolder: string, why: string, cause?: unknown) {
    super(`cannot reach the simulator in ${stateFolder}: ${why}`, { cause });
    this.stateFolder = stateFolder;
  }
}

/** The simulator refused a request; the message is its own. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError';
  readonly command: ControlCall['command'];

  constructor(command: ControlCall['command'], message: string) {
    super(message);
    this.command = command;
  }
}

/** Talks to the simulator's daemon; each request has a connection of its own, so requests may run side by side. */
export interface SimulatorClient {
  /**
   * Sends a request and returns its result. `onLine` gets output and log lines as they come; aborting `signal` ends
   * the connection and resolves with undefined.
   * Throws `SimulatorError` for a refusal, `SimulatorUnreachableError` if there is no daemon.
   */
  request(call: ControlCall, onLine?: (line: ControlLine) => void, signal?: AbortSignal): Promise<unknown>;
}

const answerLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('output'), stream: z.enum(['stdout', 'stderr']), text: z.string() }),
  z.object({ kind: z.literal('log'), line: z.string() }),
  z.object({ kind: z.literal('result'), value: z.unknown() }),
  z.object({ kind: z.literal('error'), message: z.string() }),
]);

/** Makes a client of the simulator in `stateFolder`; it connects when the first request is made. */
export function connect(stateFolder: string): SimulatorClient {
  return {
    async request(call, onLine = () => undefined, signal = new AbortController().signal) {
      const socket = await open(stateFolder, signal);
      try {
        socket.write(`${oneLine(call)}\n`);
        const last = await readAnswers(socket, onLine);
        if (last?.kind === 'result') return last.value;
        if (last?.kind === 'error') throw new SimulatorError(call.command, last.message);
        if (signal.aborted) return undefined;
        throw new SimulatorUnreachableError(stateFolder, `it went away during ${call.command}`);
      } finally {
        socket.destroy();
      }
    },
  };
}

async function open(stateFolder: string, signal: AbortSignal): Promise<Socket> {
  const socket = createConnection(controlSocket(stateFolder));
  // Destroyed without an error, so that what reads from it sees an end.
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('close', () => {
      resolve();
    });
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      const stopped = cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED';
      const why = stopped ? 'it is not running (juju-sim bootstrap starts it)' : cause.message;
      reject(new SimulatorUnreachableError(stateFolder, why, cause));
    });
  });
  // A connection that is lost later ends the lines; `request` says so.
  socket.on('error', () => undefined);
  return socket;
}

/** JSON that stays one line for any reader of lines: some also end a line at U+2028 and U+2029. */
function oneLine(call: ControlCall): string {
  return JSON.stringify(call)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
}

/** Hands on what comes before the last answer, and returns that; undefined if the connection ended without one. */
async function readAnswers(socket: Socket, onLine: (line: ControlLine) => void) {
  for await (const line of splitLines(socket)) {
    const answer = answerLine.parse(JSON.parse(line));
    if (answer.kind === 'result' || answer.kind === 'error') return answer;
    onLine(answer);
  }
  return undefined;
}

/** Not `node:readline`: that also splits at U+2028, which JSON leaves as it is inside strings. */
async function* splitLines(socket: Socket): AsyncGenerator<string> {
  if (socket.destroyed) return;
  let rest = '';
  for await (const chunk of on(socket.setEncoding('utf8'), 'data', { close: ['close'] })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

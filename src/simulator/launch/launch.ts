import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** A port of the host's loopback that leads into the cluster. */
export interface Forward {
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly listen: number;
  /** An address or name in the cluster. */
  readonly host: string;
  readonly port: number;
}

/** What {@link launchSimulator} starts. */
export interface LaunchOptions {
  /** A short absolute path: unix sockets lie in it, whose paths are limited to 107 bytes. */
  readonly stateDir: string;
  /** The TypeScript file that runs in the namespaces; it has started when `control.sock` in `stateDir` answers. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly forwards: readonly Forward[];
}

/** A simulator that runs on its own, after its starter has gone. */
export interface LaunchedSimulator {
  /** Process of the host whose end, however it comes, ends everything. */
  readonly pid: number;
  /** The forwards with the ports that they really have. */
  readonly forwards: readonly Forward[];
  /** Resolves when everything has ended; then nothing is written into the state folder any more. */
  ended(): Promise<void>;
}

/** Bytes of a unix socket's path (Linux: unix(7), 108 with the final NUL). */
const longestSocket = 107;

const forward = z.object({ listen: z.int(), host: z.string(), port: z.int() });

/** What the outer process is told, as its one argument. */
export const outerOptions = z.object({
  stateDir: z.string(),
  entry: z.string(),
  args: z.array(z.string()),
  forwards: z.array(forward),
});

/** What the outer process says once. */
export const outerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), forwards: z.array(forward) }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);

/** Socket in the state folder that the daemon answers on. */
export function controlSocket(stateDir: string): string {
  return join(stateDir, 'control.sock');
}

/** Starts the outer process, detached, and waits until the daemon inside answers. Its log is `simulator.log`. */
export async function launchSimulator(options: LaunchOptions): Promise<LaunchedSimulator> {
  const socketLength = Buffer.byteLength(controlSocket(options.stateDir));
  if (socketLength > longestSocket) {
    throw new Error(
      `cannot start the simulator: its state folder's path is too long for unix sockets: ${options.stateDir}`,
    );
  }
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  const logFile = join(options.stateDir, 'simulator.log');
  const log = openSync(logFile, 'a');
  // Half of the start would be the reading of TypeScript: what one has compiled serves all that follow.
  const compiled = process.env['NODE_COMPILE_CACHE'] ?? join(tmpdir(), 'node-compile-cache');
  const outer = spawn(process.execPath, [join(import.meta.dirname, 'outer.ts'), JSON.stringify(options)], {
    detached: true,
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const answer = await firstAnswer(outer);
  if (answer === undefined) {
    throw new Error(`cannot start the simulator: it ended at once, its log with:\n${lastWords(logFile)}`);
  }
  if (answer.kind === 'failed') throw new Error(`cannot start the simulator: ${answer.reason}`);
  outer.disconnect();
  outer.unref();
  return { pid: outer.pid ?? 0, forwards: answer.forwards, ended: () => ended(outer) };
}

async function ended(outer: ChildProcess): Promise<void> {
  if (outer.exitCode !== null || outer.signalCode !== null) return;
  outer.ref();
  await once(outer, 'exit');
}

/** What the outer process says; undefined if it ended without a word. */
async function firstAnswer(outer: ChildProcess): Promise<z.infer<typeof outerMessage> | undefined> {
  const decided = new AbortController();
  const { signal } = decided;
  try {
    return await Promise.race([
      once(outer, 'message', { signal }).then(([message]: unknown[]) => outerMessage.parse(message)),
      // Unlike 'exit', this comes after the last message.
      once(outer, 'disconnect', { signal }).then(() => undefined),
    ]);
  } finally {
    decided.abort();
  }
}

function lastWords(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-15).join('\n');
}

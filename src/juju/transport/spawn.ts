import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { TransportError } from '../errors.ts';
import { createQueue } from './queue.ts';
import type { HookToolTransport, ToolCall, ToolOutput } from './transport.ts';

/** Where the executables are, and what they are given. */
export interface SpawnOptions {
  /** Folders to look in, as in PATH. */
  readonly path: string;
  /** The tools' whole environment: nothing else is passed on. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** A transport that starts Juju's own hook tools as processes. */
export function createSpawnTransport(options: SpawnOptions): HookToolTransport {
  const enqueue = createQueue();
  let closed = false;
  return {
    name: 'spawn',
    call: (call) =>
      enqueue(
        async () => {
          if (closed) throw notRun(call.tool, new Error('the transport was closed'));
          return await run(await find(call.tool, options.path), call, options);
        },
        { shared: false },
      ),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
}

async function find(tool: string, path: string): Promise<string> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, tool);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  throw notRun(tool, new Error(`no such executable on ${path}`));
}

function run(file: string, { tool, args, stdin }: ToolCall, options: SpawnOptions): Promise<ToolOutput> {
  return new Promise((resolve, reject) => {
    const child = start(() => spawn(file, args, { cwd: options.cwd, env: { ...options.variables } }), tool);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.once('error', (error) => {
      reject(notStarted(tool, error));
    });
    child.once('close', (code, signal) => {
      if (code === null) reject(cutOff(tool, String(signal)));
      else resolve({ code, stdout: stdout(), stderr: stderr() });
    });
    // A tool may end without reading its stdin, as with a bad flag: then its exit code says why, not this error.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}

/** Node throws some failures, such as E2BIG and a NUL byte in an argument, and emits the others. */
function start<T>(begin: () => T, tool: string): T {
  try {
    return begin();
  } catch (error) {
    throw notStarted(tool, error);
  }
}

function collect(stream: NodeJS.ReadableStream): () => Buffer {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

function notRun(tool: string, cause: Error): TransportError {
  return new TransportError({ message: `cannot run ${tool}: ${cause.message}`, mayHaveRun: false, cause });
}

/** Tells only the code of Node's own error, which quotes the arguments: they may be nobody else's business. */
function notStarted(tool: string, error: unknown): TransportError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'for an unknown reason';
  return notRun(tool, new Error(`it could not be started: ${code}`));
}

function cutOff(tool: string, signal: string): TransportError {
  return new TransportError({ message: `cannot run ${tool}: it was ended by ${signal}`, mayHaveRun: true });
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { pebbleBinary } from './binaries.ts';

/** A real Pebble that runs for a test. */
export interface PebbleProcess {
  readonly socketPath: string;
  /** Temporary folder of Pebble's state; tests may put their own files into it. */
  readonly dir: string;
  readonly pid: number;
  /** Pebble's log so far. */
  log(): string;
  /** Kills Pebble at once, as the end of a container does; its services are left to themselves. */
  kill(): Promise<void>;
  /** Has Pebble stop its services and end, and removes the folder. */
  stop(): Promise<void>;
}

/**
 * Starts the real Pebble as Juju does (`--hold`: no service starts by itself), and waits for its socket. Given the
 * folder of one that ended, it is the same container's next start. Root can start it as another user.
 */
export async function startPebble(
  dir = mkdtempSync(join(tmpdir(), 'pebble-')),
  uid?: number,
): Promise<PebbleProcess> {
  const socketPath = join(dir, '.pebble.socket');
  const child = spawn(
    uid === undefined ? pebbleBinary() : lendPebble(dir, uid),
    ['run', '--hold', '--create-dirs'],
    {
      ...(uid === undefined ? {} : { uid, gid: uid }),
      env: { PATH: process.env['PATH'], HOME: dir, PEBBLE: dir, PEBBLE_SOCKET: socketPath },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const log = () => output;
  await waitForSocket(socketPath, { child, log });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await ended;
    }
  };
  return {
    socketPath,
    dir,
    pid: child.pid ?? 0,
    log,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Gives the folder, with a Pebble in it, to a user who may not see where ours lies. */
function lendPebble(dir: string, uid: number): string {
  const binary = join(dir, 'pebble');
  copyFileSync(pebbleBinary(), binary);
  chmodSync(binary, 0o755);
  chownSync(dir, uid, uid);
  return binary;
}

async function waitForSocket(
  path: string,
  { child, log }: { readonly child: ChildProcess; readonly log: () => string },
): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await answers(path))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`cannot start Pebble: no one listens on ${path}\n${log()}`);
    }
    await sleep(20);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

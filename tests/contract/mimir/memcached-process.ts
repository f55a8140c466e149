import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import { freePorts } from './running-mimir.ts';
import { until } from './until.ts';

/** A real memcached on the loopback. */
export interface RunningMemcached {
  readonly port: number;
  /** Kills it, as a pod's end may. */
  kill(): Promise<void>;
}

/** Path of the machine's memcached; undefined if it has none. */
export function memcachedBinary(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'memcached')).find((path) => existsSync(path));
}

/** Starts memcached and waits until it answers. */
export async function startMemcached(): Promise<RunningMemcached> {
  const [port = 0] = await freePorts(1);
  const args = ['-u', 'nobody', '-l', '127.0.0.1', '-p', String(port), '-U', '0'];
  const child = spawn(memcachedBinary() ?? 'memcached', args, { stdio: 'ignore' });
  const exit = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  if (!(await until(() => answers(port), Boolean)))
    throw new Error('cannot start memcached: it does not answer');
  return {
    port,
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

import { mkdirSync, readlinkSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { runTool } from '../launch/tool.ts';

/** Folders that every Linux has (Filesystem Hierarchy Standard) and that hold nothing the system needs to run. */
const candidates = ['/mnt', '/media', '/srv', '/opt'] as const;

/**
 * The folder to hide under the simulator's own tmpfs: a short one, since the path of a unix socket is limited to
 * 107 bytes, and one that holds none of the `needed` paths.
 */
export function choosePrivateFolder(needed: readonly string[], exists = isFolder): string {
  const free = candidates.find(
    (folder) => exists(folder) && !needed.some((path) => `${path}${sep}`.startsWith(`${folder}${sep}`)),
  );
  if (free === undefined) {
    throw new Error(
      `cannot choose a folder for the simulator's files: ${candidates.join(', ')} are all in use`,
    );
  }
  return free;
}

/** The simulator's own places in its mount namespace. */
export interface PrivateFolder {
  readonly path: string;
  /** The host's view of `/proc`, whose `NSpid` lines number a process from the host inwards. */
  readonly hostProc: string;
}

/**
 * Mounts a tmpfs that nobody outside sees, keeps the host's `/proc` in it, and gives `/proc` the simulator's own
 * numbers. Throws if called outside of the namespaces that `launchSimulator` makes.
 */
export async function mountPrivateFolder(needed: readonly string[]): Promise<PrivateFolder> {
  if (readlinkSync('/proc/self') === String(process.pid)) {
    throw new Error('cannot create a cluster: this process was not started by launchSimulator');
  }
  const path = choosePrivateFolder(needed);
  const hostProc = join(path, 'host-proc');
  const purpose = "mount the simulator's file systems";
  await runTool(purpose, ['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', path]);
  mkdirSync(hostProc);
  await runTool(purpose, ['mount', '--rbind', '/proc', hostProc]);
  await runTool(purpose, ['mount', '-t', 'proc', 'proc', '/proc']);
  return { path, hostProc };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

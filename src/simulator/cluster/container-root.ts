import {
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { dirname, join, relative, isAbsolute } from 'node:path';
import type { Bind, RootContent } from './host-system.ts';

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const deviceLinks = {
  '/dev/fd': '/proc/self/fd',
  '/dev/stdin': '/proc/self/fd/0',
  '/dev/stdout': '/proc/self/fd/1',
  '/dev/stderr': '/proc/self/fd/2',
};

/** What every container has, whatever its image holds. */
const deviceBinds: readonly Bind[] = devices
  .map((name) => `/dev/${name}`)
  .filter((path) => existsSync(path))
  .map((path) => ({ source: path, target: path, writable: true }));

/**
 * Makes a fresh root in `folder`, removing the one before it, and returns the mounts to be made over it, in order.
 * The mounts themselves are made by `container-init.sh` in the container's own mount namespace, so they end with it.
 */
export function makeContainerRoot(folder: string, content: RootContent): readonly Bind[] {
  rmSync(folder, { recursive: true, force: true });
  for (const path of ['dev/shm', 'etc', 'proc', 'root', 'run', 'tmp', 'var/tmp', 'var/lib']) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  for (const path of ['tmp', 'var/tmp', 'dev/shm']) chmodSync(join(folder, path), 0o1777);
  const binds = mountsOf(content);
  for (const [path, target] of Object.entries({ ...deviceLinks, ...content.links })) {
    symlinkSync(target, join(folder, path));
  }
  for (const [path, text] of Object.entries(content.files)) writeInRoot(join(folder, path), text);
  for (const [index, bind] of binds.entries()) makeMountPoint(folder, bind, binds.slice(0, index));
  return binds;
}

/** Path on the simulator's side of a path in the container whose root is `folder`. */
export function pathInContainer(folder: string, content: RootContent, path: string): string {
  return hostPathOf(folder, mountsOf(content), path);
}

function mountsOf(content: RootContent): readonly Bind[] {
  return [...deviceBinds, ...content.binds].toSorted((a, b) => depth(a.target) - depth(b.target));
}

/** Goes through the last mount that covers the path. */
function hostPathOf(folder: string, binds: readonly Bind[], path: string): string {
  const inside = (target: string) => {
    const rest = relative(target, path);
    return !rest.startsWith('..') && !isAbsolute(rest);
  };
  const bind = binds.findLast(({ target }) => inside(target));
  return bind === undefined ? join(folder, path) : join(bind.source, relative(bind.target, path));
}

/** Copies a charm's folder; on file systems that can, the copies share their blocks. */
export async function copyCharm(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
}

function depth(path: string): number {
  return path.split('/').length;
}

function writeInRoot(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function makeMountPoint(folder: string, bind: Bind, earlier: readonly Bind[]): void {
  const point = hostPathOf(folder, earlier, bind.target);
  if (existsSync(point)) return;
  const isFolder = statSync(bind.source).isDirectory();
  mkdirSync(isFolder ? point : dirname(point), { recursive: true });
  if (!isFolder) writeFileSync(point, '');
}

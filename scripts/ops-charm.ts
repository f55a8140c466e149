import { cpSync, existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackage, type PythonPackage } from './python-package.ts';

/** The release of Python's charm framework that charms are run with. */
export const ops: PythonPackage = { name: 'ops', version: '3.9.0', minor: 10 };

/**
 * A Python that a charm container sees as well, and that can install packages; undefined if there is none. Only those
 * below /usr are looked at: containers have the host's /usr, and no home folders.
 */
export function findContainerPython(): string | undefined {
  return ['/usr/local/bin/python3', '/usr/bin/python3'].find(
    (path) => existsSync(path) && realpathSync(path).startsWith('/usr/') && canInstall(path, ops),
  );
}

/** Makes a charm of its sources in another folder as charmcraft would pack it: its packages in `venv/`. */
export function packOpsCharm(python: string, { source, folder }: { source: string; folder: string }): void {
  cpSync(source, folder, { recursive: true });
  cpSync(installPackage(python, ops), join(folder, 'venv'), { recursive: true });
}

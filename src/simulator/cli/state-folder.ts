import { lstatSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError } from './command.ts';

/** Where the simulator keeps its state: JUJU_SIM_DIR, else a folder of the user's own that ends with the session. */
export function stateFolderPath(
  variables: Readonly<Record<string, string | undefined>>,
  uid: number,
): string {
  const { JUJU_SIM_DIR: named = '', XDG_RUNTIME_DIR: runtime = '' } = variables;
  if (named !== '') return resolve(named);
  return runtime === '' ? `/tmp/juju-sim-${uid}` : join(runtime, 'juju-sim');
}

/** Makes the state folder for its user alone; throws if another user made it first, as anyone may in /tmp. */
export function makeStateFolder(path: string, uid: number): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new CommandError(`cannot use ${path} for the simulator's state: it is not a folder of this user`);
  }
}

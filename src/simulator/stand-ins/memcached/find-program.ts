import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where packages put programs; the simulator's containers see these folders of the machine. */
const folders = ['/usr/bin', '/bin', '/usr/sbin', '/usr/local/bin'];

/** Path of a program that is installed on this machine; undefined if it is not. */
export function findProgram(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolNames } from './tools/run-tool.ts';

const program = join(import.meta.dirname, 'hook-tool.ts');

/**
 * Writes a unit's hook tools: one executable, and a symlink to it for each tool.
 *
 * @param folder as the simulator's own process sees it.
 */
export async function writeTools(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const script = `#!/bin/sh\nexec '${process.execPath}' '${program}' "\${0##*/}" "$@"\n`;
  await writeFile(join(folder, 'hook-tool'), script, { mode: 0o755 });
  await Promise.all(toolNames.map((name) => symlink('hook-tool', join(folder, name))));
}

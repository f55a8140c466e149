import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rehearsal = join(dirname(fileURLToPath(import.meta.url)), 'rehearsal/rehearse.ts');

/**
 * Makes V8's code cache of a bundle, for this very Node.js and architecture, by rehearsing a dispatch with it: what a
 * dispatch calls is in the cache then, and what it does not call is not.
 *
 * @param bundle - path of bundle.cjs.
 * @param target - path of the cache, as charm/charm.cjs reads it.
 */
export function makeCodeCache(bundle: string, target: string): void {
  // The same bytes each time: the seed for the order of V8's hashes, and compiling in turn because a thread that compiles
  // now and then leaves its marks in what is cached.
  const args = ['--random-seed=1', '--no-concurrent-sparkplug', rehearsal, bundle, target];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot make the code cache of ${bundle}: ${stderr}`);
}

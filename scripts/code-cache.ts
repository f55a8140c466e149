import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rehearsal = join(dirname(fileURLToPath(import.meta.url)), 'rehearsal/rehearse.ts');

/**
 * Flags that give the cache the same bytes each time: a seed for the order of V8's hashes, compiling in turn, and no
 * collection of garbage before the end, for both leave marks in what is cached. V8 takes the cache without them too.
 */
const sameBytes = [
  '--random-seed=1',
  '--no-concurrent-sparkplug',
  '--no-concurrent-recompilation',
  '--single-threaded-gc',
  '--min-semi-space-size=64',
];

/**
 * Makes V8's code cache of a bundle, for this very Node.js and architecture, by rehearsing a dispatch with it: what a
 * dispatch calls is in the cache then, and what it does not call is not.
 *
 * @param bundle - path of bundle.cjs.
 * @param target - path of the cache, as charm/charm.cjs reads it.
 */
export function makeCodeCache(bundle: string, target: string): void {
  const args = [...sameBytes, rehearsal, bundle, target];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot make the code cache of ${bundle}: ${stderr}`);
}

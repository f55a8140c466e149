import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goObstacle } from './binaries.ts';
import type { Architecture } from './stage.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Settings of Go that must not be the user's: the program is to run on each processor of an architecture, and alone. */
const ownSettings = {
  ...{ CGO_ENABLED: '0', GOOS: 'linux', GOAMD64: 'v1', GOARM64: 'v8.0' },
  ...{ GOFLAGS: '', GOWORK: 'off' },
};

/** Flags that give the same bytes in each folder, and leave out what debuggers read, nearly a third. */
const flags = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w -buildid='];

/**
 * Builds the program of `probe/`, which the charm brings into Mimir's container. It needs Go's standard library alone,
 * so that nothing is downloaded, and what was compiled before comes from Go's own cache.
 *
 * @param target - absolute path of the program.
 * @param sources - another folder with the same sources.
 */
export function buildProbe(architecture: Architecture, target: string, sources = join(root, 'probe')): void {
  const obstacle = goObstacle();
  if (obstacle !== undefined) throw new Error(`cannot build the probe: ${obstacle}`);
  const { status, stderr } = spawnSync('go', ['build', '-C', sources, ...flags, '-o', target, '.'], {
    encoding: 'utf8',
    env: { ...process.env, ...ownSettings, GOARCH: architecture },
  });
  if (status !== 0) throw new Error(`cannot build the probe: ${stderr.trim()}`);
  chmodSync(target, 0o755);
}

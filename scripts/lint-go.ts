/**
 * usage: node scripts/start.mjs scripts/lint-go.ts [--fix]
 *
 * Holds our few programs in Go against gofmt, or has it mend them, and against go vet.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goObstacle } from './binaries.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Modules of Go's standard library alone: to vet `benchmarks`, Go would have to download what it needs. */
const modules = ['probe', 'tests/contract/juju/jujuc-server'];

/** Runs a tool of Go in a folder of the repository; it failed if it has something to say. */
function passes(folder: string, tool: string, args: readonly string[]): boolean {
  const { status, stdout, stderr } = spawnSync(tool, args, { cwd: join(root, folder), encoding: 'utf8' });
  const said = `${stdout}${stderr}`.trim();
  if (said !== '') console.error(`${tool}: ${said}`);
  return status === 0 && said === '';
}

const obstacle = goObstacle();
if (obstacle === undefined) {
  const mode = process.argv.includes('--fix') ? '-w' : '-l';
  const isFormatted = passes('.', 'gofmt', [mode, ...modules, 'benchmarks']);
  const sound = modules.filter((folder) => passes(folder, 'go', ['vet', './...']));
  process.exitCode = isFormatted && sound.length === modules.length ? 0 : 1;
} else {
  console.error(`cannot lint what is in Go: ${obstacle}`);
  process.exitCode = 1;
}

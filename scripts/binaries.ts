/**
 * usage: node scripts/start.mjs scripts/binaries.ts [NAME…]
 *
 * Builds programs from their Go modules into the user's cache, unless <NAME>_BIN or PATH has them: Pebble and Mimir,
 * or those that are named, of which MinIO is one too. They are made on the user's machine and are never part of this
 * repository or of the charm (GPL, AGPL).
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program of the workload's side, and how to build it from the Go module proxy. */
interface GoProgram {
  readonly module: string;
  readonly version: string;
  readonly package: string;
  readonly flags: readonly string[];
  /** A variable of Go to be set at link time: the version that the program says it is. */
  readonly reports?: { readonly variable: string; readonly version: string };
  /** What the first build takes on two cores, for the progress line. */
  readonly takes: string;
}

/** The programs at the versions that everything here was tested with. */
export const programs = {
  pebble: {
    module: 'github.com/canonical/pebble',
    version: 'v1.32.1',
    package: './cmd/pebble',
    flags: [],
    takes: 'half a minute',
  },
  mimir: {
    module: 'github.com/grafana/mimir',
    version: 'v1.3.1-0.20260423142704-aced80d74930',
    package: './cmd/mimir',
    flags: ['-tags', 'stringlabels,slicelabels'],
    // A build outside Mimir's own Makefile does not know its version, which it says in buildinfo and to the charm.
    reports: { variable: 'github.com/grafana/mimir/pkg/util/version.Version', version: '3.1.0-dev' },
    takes: '3 to 5 minutes',
  },
  minio: {
    module: 'github.com/minio/minio',
    version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
    package: '.',
    flags: [],
    takes: '3 minutes',
  },
} as const satisfies Record<string, GoProgram>;

/** Name of a program that this file can find or build. */
export type ProgramName = keyof typeof programs;

const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mimir-k8s');

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isProgramName(name: string): name is ProgramName {
  return Object.hasOwn(programs, name);
}

/** Where a program is: `<NAME>_BIN`, else PATH, else the cache; undefined if it must be built. */
export function findBinary(name: ProgramName): string | undefined {
  const named = process.env[`${name.toUpperCase()}_BIN`];
  if (named !== undefined && named !== '') {
    if (!isExecutable(named))
      throw new Error(`cannot use ${name.toUpperCase()}_BIN: ${named} is not executable`);
    return named;
  }
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return [...candidates, cachedPath(name)].find((path) => existsSync(path) && isExecutable(path));
}

/** Where a program is, when it must be there already. Throws an error that says how to get it. */
export function locateBinary(name: ProgramName): string {
  const found = findBinary(name);
  if (found === undefined) {
    throw new Error(
      `cannot find ${name}: build it with 'npm run binaries ${name}' or set ${name.toUpperCase()}_BIN`,
    );
  }
  return found;
}

/** Where a program is, or will be once it is built. */
export function expectedBinary(name: ProgramName): string {
  return findBinary(name) ?? cachedPath(name);
}

function cachedPath(name: ProgramName): string {
  const { version, reports }: GoProgram = programs[name];
  return join(cacheFolder, [name, version, ...(reports === undefined ? [] : [reports.version])].join('-'));
}

/** Why nothing in Go can be built here, with the cure; undefined if it can. */
export function goObstacle(): string | undefined {
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0) return undefined;
  return 'Go is not installed: install Go 1.26 or newer (https://go.dev/doc/install)';
}

/** Why programs cannot be built here, as one sentence with the cure; undefined if they can. */
export function buildObstacle(): string | undefined {
  const obstacle = goObstacle();
  if (obstacle === undefined) return undefined;
  return `${obstacle}, or set PEBBLE_BIN and MIMIR_BIN (MINIO_BIN too, where MinIO is needed) to ready-made binaries.`;
}

function downloadModule({ module, version }: GoProgram): string {
  const download = spawnSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answer: unknown = JSON.parse(download.stdout || '{}');
  if (typeof answer === 'object' && answer !== null && 'Dir' in answer && typeof answer.Dir === 'string') {
    return answer.Dir;
  }
  throw new Error(`cannot download ${module}@${version}: ${JSON.stringify(answer)}`);
}

/** Returns the path of a program, after building it if no one has it; progress goes to `report`. */
export async function provideBinary(name: ProgramName, report: (line: string) => void): Promise<string> {
  const found = findBinary(name);
  if (found !== undefined) return found;
  const obstacle = buildObstacle();
  if (obstacle !== undefined) throw new Error(`cannot build ${name}: ${obstacle}`);
  const program: GoProgram = programs[name];
  report(`Building ${name} ${program.version} from its Go module (once; takes ${program.takes}) …`);
  const source = downloadModule(program);
  mkdirSync(cacheFolder, { recursive: true });
  const unfinished = `${cachedPath(name)}.${process.pid.toString()}`;
  const { reports } = program;
  const link = reports === undefined ? '-s -w' : `-s -w -X ${reports.variable}=${reports.version}`;
  const flags = ['-trimpath', ...program.flags, '-ldflags', link, '-o', unfinished, program.package];
  const started = Date.now();
  const elapsed = () => Math.round((Date.now() - started) / 1000);
  const ticker = setInterval(() => {
    report(`  … still building ${name}, ${elapsed()} s`);
  }, 20_000);
  try {
    await runGoBuild(source, flags);
  } finally {
    clearInterval(ticker);
  }
  renameSync(unfinished, cachedPath(name));
  report(`Built ${name} in ${elapsed()} s: ${cachedPath(name)}`);
  return cachedPath(name);
}

function runGoBuild(source: string, flags: readonly string[]): Promise<void> {
  const go = spawn('go', ['build', '-C', source, ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  return new Promise((resolve, reject) => {
    go.once('error', reject);
    go.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cannot build in ${source}: go build exited with ${code ?? 'a signal'}`));
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const named = process.argv.slice(2);
  for (const name of named.length === 0 ? ['pebble', 'mimir'] : named) {
    if (!isProgramName(name))
      throw new Error(`cannot build ${name}: there are ${Object.keys(programs).join(', ')}`);
    console.log(
      `${name}: ${await provideBinary(name, (line) => {
        console.error(line);
      })}`,
    );
  }
}

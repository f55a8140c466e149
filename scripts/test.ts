/**
 * usage: npm test
 *
 * Lint, types and every layer of tests that this machine can run. Says loudly what is skipped and why; the last
 * line counts the tests: `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { probeNamespaces } from '../src/simulator/launch/probe.ts';
import { buildObstacle, findBinary, goObstacle, provideBinary } from './binaries.ts';
import { ownArchitecture, stageCharm } from './stage.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const report = z.object({ passed: z.int(), skipped: z.int(), failures: z.array(z.string()) });

/** A layer of tests and what it needs beyond Node.js. */
interface Layer {
  readonly name: string;
  readonly needs: readonly ('go' | 'binaries' | 'namespaces')[];
}

const layers: readonly Layer[] = [
  { name: 'unit', needs: [] },
  { name: 'state', needs: [] },
  { name: 'contract', needs: ['go', 'binaries'] },
  { name: 'simulator', needs: ['go', 'binaries', 'namespaces'] },
  { name: 'integration', needs: ['go', 'binaries', 'namespaces'] },
];

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, a line each. */
  readonly failures: string[];
}

const tally: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };

function runTool(
  title: string,
  command: readonly [tool: string, ...args: string[]],
  environment = {},
): number {
  console.log(`\n=== ${title}`);
  const start = [join(root, 'scripts/start.mjs'), ...command];
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, start, { cwd: root, stdio: 'inherit', env }).status ?? 1;
}

/** Lint, format and types count as one test each. */
function check(title: string, ...command: [tool: string, ...args: string[]]): void {
  if (runTool(title, command) === 0) tally.passed += 1;
  else fail([title]);
}

function fail(failures: readonly string[]): void {
  tally.failed += failures.length;
  tally.failures.push(...failures);
}

function runLayer({ name, needs }: Layer): void {
  const folder = mkdtempSync(join(tmpdir(), 'mimir-k8s-test-'));
  const file = join(folder, 'tally.json');
  const reporters = ['--reporter=default', '--reporter=./scripts/tally-reporter.ts'];
  // Tests of whole models mostly wait: three at a time also where there are but two cores.
  const workers = needs.includes('namespaces') ? ['--maxWorkers=3'] : [];
  const run = ['run', '--project', name, ...workers, ...reporters];
  const status = runTool(`${name} tests`, ['vitest', ...run], { TALLY_FILE: file });
  const counted = report.safeParse(JSON.parse(readReport(file)));
  rmSync(folder, { recursive: true, force: true });
  const { passed = 0, skipped = 0, failures = [] } = counted.data ?? {};
  tally.passed += passed;
  tally.skipped += skipped;
  // A run that ends badly by itself has no failed test of its own, yet it failed.
  fail(status !== 0 && failures.length === 0 ? [`${name} tests`] : failures);
}

function readReport(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'null';
  }
}

/** Why the layers that need it cannot run here, if so. */
function obstacles(): Readonly<Record<Layer['needs'][number], string | undefined>> {
  const missing = findBinary('pebble') === undefined || findBinary('mimir') === undefined;
  const binaries = missing ? buildObstacle() : undefined;
  return { go: goObstacle(), binaries, namespaces: probeNamespaces() };
}

/** The tests with object storage skip themselves if MinIO is not there and cannot be built. */
async function provideBinaries(): Promise<void> {
  const obstacle = findBinary('minio') === undefined ? buildObstacle() : undefined;
  if (obstacle !== undefined) console.log(`\n!!! SKIPPED: all tests with an object store. ${obstacle}`);
  for (const name of ['pebble', 'mimir', ...(obstacle === undefined ? (['minio'] as const) : [])] as const) {
    await provideBinary(name, (line) => {
      console.log(line);
    });
  }
}

async function main(): Promise<void> {
  check('lint', 'eslint', '.');
  check('format', 'prettier', '--check', '--log-level=warn', '.');
  check('types', 'tsc');
  const found = obstacles();
  if (found.go === undefined) check('lint of Go', 'scripts/lint-go.ts');
  if (found.binaries === undefined) await provideBinaries();
  if (found.go === undefined) await stageCharm(ownArchitecture, join(root, 'build/charm'));
  for (const layer of layers) {
    const obstacle = layer.needs.map((need) => found[need]).find((reason) => reason !== undefined);
    if (obstacle === undefined) runLayer(layer);
    else {
      console.log(`\n!!! SKIPPED: all ${layer.name} tests. ${obstacle}`);
      tally.skipped += 1;
    }
  }
  // Whoever sees only the end of the output is to see them too.
  for (const failure of tally.failures) console.log(`Failed: ${failure}`);
  const skipped = tally.skipped === 0 ? '' : `, ${tally.skipped} skipped`;
  console.log(`\n${tally.passed} passed, ${tally.failed} failed${skipped}`);
  process.exitCode = tally.failed === 0 ? 0 : 1;
}

await main();

/**
 * usage: npm run bench -- BENCHMARK [--rounds N]
 *
 * Measures on this machine, and prints what it found on stdout as Markdown: `start` is what it costs to start the
 * charm for an event that asks for nothing, `cluster` what Mimir does as the charm runs it, beside one without it. No
 * other work should go on meanwhile.
 */
import { parseArgs } from 'node:util';
import type { Benchmark, BenchmarkOptions } from './benchmark.ts';
import { measureCluster } from './cluster.ts';
import { measureStart } from './start.ts';

/** A benchmark, and how many rounds of it are worth their time. */
interface Entry {
  readonly benchmark: Benchmark;
  readonly rounds: number;
}

const benchmarks: ReadonlyMap<string, Entry> = new Map([
  ['start', { benchmark: measureStart, rounds: 20 }],
  ['cluster', { benchmark: measureCluster, rounds: 7 }],
]);

const usage = `usage: npm run bench -- BENCHMARK [--rounds N]\nbenchmarks: ${[...benchmarks.keys()].join(', ')}`;

/** A command line that is not understood, in words. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Request {
  readonly benchmark: Benchmark;
  readonly options: BenchmarkOptions;
}

function readArguments(args: readonly string[]): Request {
  const { positionals, values } = parse(args);
  const [name, ...more] = positionals;
  if (name === undefined) throw new UsageError('cannot run a benchmark: none is named');
  if (more.length > 0)
    throw new UsageError(`cannot run a benchmark: one is named at a time, not ${more.length + 1}`);
  const entry = benchmarks.get(name);
  if (entry === undefined) throw new UsageError(`cannot run ${name}: there is no such benchmark`);
  const rounds = Number(values.rounds ?? entry.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`cannot run ${values.rounds ?? ''} rounds: their number is 1 or more`);
  }
  return { benchmark: entry.benchmark, options: { rounds, report: console.error } };
}

function parse(args: readonly string[]) {
  try {
    const options = { rounds: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

try {
  const { benchmark, options } = readArguments(process.argv.slice(2));
  console.log(await benchmark(options));
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(error instanceof Error ? error.message : String(error));
  if (isUsage) console.error(usage);
  process.exitCode = isUsage ? 2 : 1;
}

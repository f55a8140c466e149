/**
 * usage: npm run bench -- BENCHMARK [--rounds N]
 *
 * Measures on this machine, and prints what it found on stdout as Markdown: `start` is what it costs to start the
 * charm for an event that asks for nothing. No other work should go on meanwhile.
 */
import { parseArgs } from 'node:util';
import type { Benchmark, BenchmarkOptions } from './benchmark.ts';
import { measureStart } from './start.ts';

const benchmarks: ReadonlyMap<string, Benchmark> = new Map([['start', measureStart]]);

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
  const benchmark = benchmarks.get(name);
  if (benchmark === undefined) throw new UsageError(`cannot run ${name}: there is no such benchmark`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`cannot run ${values.rounds} rounds: their number is 1 or more`);
  }
  return { benchmark, options: { rounds, report: console.error } };
}

function parse(args: readonly string[]) {
  try {
    const options = { rounds: { type: 'string', default: '20' } } as const;
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

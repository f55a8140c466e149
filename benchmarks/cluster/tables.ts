import { pairedRatio, spread } from '../statistics.ts';
import { markdownTable } from '../table.ts';
import { timeAway } from './away.ts';
import { deploymentOf, sizes, unitsOf, type Deployment } from './deployment.ts';
import type { WatchedRestart } from './restart.ts';
import type { Turn } from './turn.ts';

/** A row: what is measured, its figure in a turn, and how many digits it has. */
interface Measure {
  readonly name: string;
  readonly of: (turn: Turn) => number;
  readonly digits: number;
}

const measures: readonly Measure[] = [
  { name: 'samples written per second, in thousands', of: (turn) => turn.samplesPerSecond / 1e3, digits: 0 },
  { name: 'write request, ms', of: ({ write }) => write.p50Ms, digits: 1 },
  { name: 'write request, 99th percentile, ms', of: ({ write }) => write.p99Ms, digits: 0 },
  { name: 'CPU s for a million samples', of: (turn) => turn.processorSecondsPerMillion, digits: 2 },
  { name: 'query of one series, ms', of: ({ oneSeries }) => oneSeries.p50Ms, digits: 1 },
  { name: 'query of one series, 99th percentile, ms', of: ({ oneSeries }) => oneSeries.p99Ms, digits: 1 },
  { name: '`sum by` over all series, ms', of: ({ allSeries }) => allSeries.p50Ms, digits: 0 },
  { name: '`sum by` over all series, slowest, ms', of: ({ allSeries }) => allSeries.p99Ms, digits: 0 },
  { name: 'memory of one Mimir, MiB', of: (turn) => turn.residentBytes / 2 ** 20, digits: 0 },
];

/** What each deployment did in its turns, in the order of the rounds. */
export type Turns = ReadonlyMap<Deployment, readonly Turn[]>;

/** By hand and by the charm side by side, and their ratio, for each number of units. */
export function comparisonTable(turns: Turns): string {
  const headings = sizes.flatMap((units) => {
    const count = units === 1 ? '1 unit' : `${units} units`;
    return [`${count}, by hand`, `${count}, mimir-k8s`, 'charm ÷ hand'];
  });
  const rows = measures.map(({ name, of, digits }) => [
    name,
    ...sizes.flatMap((units) => {
      const [hand, charm] = (['hand', 'charm'] as const).map((by) =>
        valuesOf(turns, deploymentOf(by, units), of),
      );
      if (hand === undefined || charm === undefined) return [];
      return [withSpread(hand, digits), withSpread(charm, digits), pairedRatio(charm, hand).toFixed(2)];
    }),
  ]);
  return markdownTable({ headings: ['', ...headings], rows });
}

/** For how long each unit was away in a rolling restart. */
export function restartTable(deployment: Deployment, { units }: WatchedRestart): string {
  const rows = unitsOf(deployment).map((unit, index) => {
    const { ready = [], query = [] } = units[index] ?? {};
    return [unit, ...[ready, query].map((probes) => (timeAway(probes) / 1000).toFixed(1))];
  });
  return markdownTable({ headings: ['unit', 'out of the Service, s', 'no query answered, s'], rows });
}

function valuesOf(turns: Turns, deployment: Deployment, of: Measure['of']): readonly number[] {
  return (turns.get(deployment) ?? []).map(of);
}

function withSpread(values: readonly number[], digits: number): string {
  const { median, min, max } = spread(values);
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

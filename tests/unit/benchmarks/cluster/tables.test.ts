import { format } from 'prettier';
import { expect, test } from 'vitest';
import { deploymentOf, deployments } from '../../../../benchmarks/cluster/deployment.ts';
import { comparisonTable, restartTable } from '../../../../benchmarks/cluster/tables.ts';
import type { Turn } from '../../../../benchmarks/cluster/turn.ts';

/** A turn in which everything takes so many times as long as in another one. */
function turn(factor: number): Turn {
  return {
    samplesPerSecond: 600_000 / factor,
    write: { p50Ms: 10 * factor, p99Ms: 40 * factor },
    processorSecondsPerMillion: 2 * factor,
    oneSeries: { p50Ms: factor, p99Ms: 3 * factor },
    allSeries: { p50Ms: 80 * factor, p99Ms: 90 * factor },
    residentBytes: 200 * 2 ** 20 * factor,
  };
}

/** The middle round is ten times as slow for everyone, and the charm twice as slow as by hand. */
const turns = new Map(
  deployments.map((deployment) => [
    deployment,
    [1, 10, 2].map((factor) => turn(deployment.by === 'charm' ? 2 * factor : factor)),
  ]),
);

test('each measure stands in one row, by hand and by the charm side by side, with their ratio within the rounds', () => {
  const [headings, , samples, request] = comparisonTable(turns)
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(headings?.slice(2, 8)).toEqual([
    ...['1 unit, by hand', '1 unit, mimir-k8s', 'charm ÷ hand'],
    ...['3 units, by hand', '3 units, mimir-k8s', 'charm ÷ hand'],
  ]);
  const thousands = ['300 (60–600)', '150 (30–300)', '0.50'];
  expect(samples?.slice(1, 8)).toEqual([
    'samples written per second, in thousands',
    ...thousands,
    ...thousands,
  ]);
  const ms = ['20.0 (10.0–100.0)', '40.0 (20.0–200.0)', '2.00'];
  expect(request?.slice(1, 8)).toEqual(['write request, ms', ...ms, ...ms]);
});

test('Prettier has nothing to mend in the table', async () => {
  const text = comparisonTable(turns);
  expect(await format(text, { parser: 'markdown' })).toBe(text);
});

test('of a restart, each unit has a row with the seconds that it was away', () => {
  const ready = [
    { at: 0, until: 10 },
    { at: 100, until: 110, error: '503' },
    { at: 12_500, until: 12_510 },
  ];
  const query = [
    { at: 0, until: 10 },
    { at: 100, until: 110 },
  ];
  const units = [
    { ready, query },
    { ready: query, query: ready },
    { ready: query, query },
  ];
  const seen = { units, service: [], written: 0, repeated: 0 };
  expect(restartTable(deploymentOf('charm', 3), seen)).toBe(`\
| unit        | out of the Service, s | no query answered, s |
| ----------- | --------------------: | -------------------: |
| by-charm3/0 |                  12.5 |                  0.0 |
| by-charm3/1 |                   0.0 |                 12.5 |
| by-charm3/2 |                   0.0 |                  0.0 |
`);
});

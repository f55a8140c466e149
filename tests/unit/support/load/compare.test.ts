import { afterEach, expect, test } from 'vitest';
import type { AcknowledgedGroup } from '../../../../src/simulator/stand-ins/remote-write-sender/workload/acknowledged.ts';
import { compareStored } from '../../../support/load/compare.ts';
import { answering, type Answering } from './answering.ts';

const start = 1_764_077_966_123;
const groups: readonly AcknowledgedGroup[] = [
  {
    labels: { juju_unit: 's/0', __replica__: 's/0' },
    runs: [
      { metric: 'c', timestamp: start, value: 1, series: [0, 1] },
      { metric: 'c', timestamp: start + 200, value: 2, series: [0, 1] },
      { metric: 'v', timestamp: start + 300, value: 42.5 },
    ],
  },
];
const seconds = (ms: number) => (start + ms) / 1000;

let mimir: Answering | undefined;
afterEach(() => mimir?.close());

/** A Mimir that holds these raw samples, by selector; `asked` are the queries. */
async function holding(series: Record<string, object[]>) {
  const asked: URLSearchParams[] = [];
  mimir = await answering((path, response) => {
    const parameters = new URL(path, 'http://mimir').searchParams;
    asked.push(parameters);
    const selector = parameters.get('query')?.replace(/\[.*\]$/, '') ?? '';
    const result = series[selector] ?? [];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });
  return { ask: mimir.ask, asked };
}

const counter = (series: string, values: [number, string][]) => ({
  metric: { __name__: 'c', juju_unit: 's/0', series },
  values,
});
const byHand = { metric: { __name__: 'v', juju_unit: 's/0' }, values: [[seconds(300), '42.5']] };
const whole: [number, string][] = [
  [seconds(0), '1'],
  [seconds(200), '2'],
];

test('nothing differs if every sample is there with its value', async () => {
  const { ask, asked } = await holding({
    'c{juju_unit="s/0"}': [counter('0', whole), counter('1', whole)],
    'v{juju_unit="s/0"}': [byHand],
  });
  expect(await compareStored(ask, groups, ['__replica__'])).toEqual({ lost: [], surplus: [] });
  expect(asked.map((each) => Object.fromEntries(each))).toEqual([
    { query: 'c{juju_unit="s/0"}[2s]', time: seconds(300).toFixed(3) },
    { query: 'v{juju_unit="s/0"}[2s]', time: seconds(300).toFixed(3) },
  ]);
});

test('each sample that is missing, has another value or was not acknowledged is named', async () => {
  const { ask } = await holding({
    'c{juju_unit="s/0"}': [
      counter('0', [
        [seconds(0), '1'],
        [seconds(100), '9'],
      ]),
      counter('1', [
        [seconds(0), '7'],
        [seconds(200), '2'],
      ]),
    ],
  });
  expect(await compareStored(ask, groups, ['__replica__'])).toEqual({
    lost: [
      'c{juju_unit="s/0", series="0"} at 2025-11-25T13:39:26.323Z: acknowledged 2, not found',
      'c{juju_unit="s/0", series="1"} at 2025-11-25T13:39:26.123Z: acknowledged 1, found 7',
      'v{juju_unit="s/0"} at 2025-11-25T13:39:26.423Z: acknowledged 42.5, not found',
    ],
    surplus: ['c{juju_unit="s/0", series="0"} at 2025-11-25T13:39:26.223Z: found 9, not acknowledged'],
  });
});

test('a label that should have been taken away makes another series', async () => {
  const { ask } = await holding({
    'c{__replica__="s/0", juju_unit="s/0"}': [counter('0', whole), counter('1', whole)],
  });
  const { lost, surplus } = await compareStored(ask, groups);
  expect([lost.length, surplus.length]).toEqual([5, 4]);
});

test('an answer that is none is an error, and not a loss', async () => {
  mimir = await answering((_, response) => response.writeHead(500).end('too many unhealthy instances'));
  await expect(compareStored(mimir.ask, groups)).rejects.toThrow(
    'cannot read the samples of c{__replica__="s/0", juju_unit="s/0"}: 500 too many unhealthy instances',
  );
});

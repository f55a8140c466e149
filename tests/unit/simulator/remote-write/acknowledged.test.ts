import { describe, expect, it } from 'vitest';
import { createAcknowledgedLog } from '../../../../src/simulator/stand-ins/remote-write-sender/workload/acknowledged.ts';

function counter(series: number, timestamp: number, value: number) {
  return { labels: { __name__: 'c', series: series.toString() }, samples: [{ timestamp, value }] };
}

function labelled(timestamp: number, labels: Record<string, string>) {
  return { labels: { ...labels, __name__: 'c', series: '0' }, samples: [{ timestamp, value: 1 }] };
}

describe('the log of acknowledged samples', () => {
  it('keeps a tick of all counters as one run', () => {
    const log = createAcknowledgedLog();
    for (const tick of [1, 2]) log.note([0, 1, 2].map((series) => counter(series, tick, tick)));
    expect(log.groups()).toEqual([
      {
        labels: {},
        runs: [1, 2].map((tick) => ({ metric: 'c', timestamp: tick, value: tick, series: [0, 2] })),
      },
    ]);
  });

  it('begins another run where a counter is left out, or has another time or value', () => {
    const log = createAcknowledgedLog();
    log.note([counter(0, 1, 1), counter(2, 1, 1), counter(3, 2, 1), counter(4, 2, 2), counter(5, 2, 2)]);
    expect(log.groups()[0]?.runs.map(({ series }) => series)).toEqual([
      [0, 0],
      [2, 2],
      [3, 3],
      [4, 5],
    ]);
  });

  it('keeps series of other labels apart, whatever their order', () => {
    const log = createAcknowledgedLog();
    log.note([labelled(1, { a: '1', b: '2' }), labelled(2, { b: '2', a: '1' }), labelled(1, { a: '2' })]);
    expect(log.groups().map(({ labels, runs }) => [labels, runs.length])).toEqual([
      [{ a: '1', b: '2' }, 2],
      [{ a: '2' }, 1],
    ]);
  });

  it('keeps a sample by hand without the number of a counter', () => {
    const log = createAcknowledgedLog();
    log.note([{ labels: { __name__: 'v', juju_unit: 's/0' }, samples: [{ timestamp: 5, value: 42.5 }] }]);
    expect(log.groups()).toEqual([
      { labels: { juju_unit: 's/0' }, runs: [{ metric: 'v', timestamp: 5, value: 42.5 }] },
    ]);
  });
});

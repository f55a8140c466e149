import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { startProber, type Prober } from '../../../support/load/prober.ts';
import { answering, type Answering } from './answering.ts';

const places: Answering[] = [];
let prober: Prober | undefined;
afterEach(() => {
  for (const { close } of places.splice(0)) close();
});

async function unit(value: () => number | undefined) {
  const place = await answering((path, response) => {
    expect(path).toBe('/prometheus/api/v1/query?query=sum(count_over_time(c%5B1h%5D))');
    const count = value();
    if (count === undefined) response.writeHead(503).end('not ready');
    else response.end(JSON.stringify({ data: { result: [{ value: [1, String(count)] }] } }));
  });
  places.push(place);
  return place;
}

function probe(units: Record<string, Answering>, acknowledged: () => Promise<number>): Prober {
  const asks = Object.fromEntries(Object.entries(units).map(([name, { ask }]) => [name, ask]));
  const query = 'sum(count_over_time(c[1h]))';
  return (prober = startProber({ units: asks, query, acknowledged, periodMs: 10, timeoutMs: 100 }));
}

test('units that count what was acknowledged give no findings', async () => {
  let samples = 0;
  probe({ a: await unit(() => samples), b: await unit(() => samples) }, () => Promise.resolve(samples++));
  await vi.waitFor(() => {
    expect(Math.min(...Object.values(prober?.report().queries ?? {}))).toBeGreaterThan(5);
  });
  const { queries, failures, short } = await (prober?.stop() ?? Promise.reject(new Error('no prober')));
  expect(Object.keys(queries)).toEqual(['a', 'b']);
  expect([failures, short]).toEqual([[], []]);
});

test('a failure and a short answer are told of the unit that gave them, with what it said', async () => {
  const stopped = probe(
    { good: await unit(() => 7), ill: await unit(() => undefined), short: await unit(() => 6) },
    () => Promise.resolve(7),
  );
  await vi.waitFor(() => {
    expect(stopped.report().short.length).toBeGreaterThan(0);
    expect(stopped.report().failures.length).toBeGreaterThan(0);
  });
  const { failures, short } = await stopped.stop();
  expect(failures[0]).toMatchObject({ unit: 'ill', text: '503 not ready' });
  expect(short[0]).toMatchObject({ unit: 'short', text: '6 samples, of 7 that were acknowledged before' });
  expect(failures.every(({ unit: name }) => name === 'ill')).toBe(true);
  expect(short.every(({ unit: name }) => name === 'short')).toBe(true);
});

test('a unit that does not answer in time has failed, and is asked again', async () => {
  const silent = await answering(() => undefined);
  places.push(silent);
  const running = probe({ silent }, () => Promise.resolve(0));
  await vi.waitFor(() => {
    expect(running.report().failures.length).toBeGreaterThan(1);
  });
  expect((await running.stop()).failures[0]?.text).toBe('0 no answer within 100 ms');
});

test('it says when it could not learn what was acknowledged', async () => {
  const running = probe({ a: await unit(() => 0) }, () => Promise.reject(new Error('no sender')));
  await sleep(20);
  await expect(running.stop()).rejects.toThrow('no sender');
});

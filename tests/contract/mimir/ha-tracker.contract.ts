import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { HaLabels } from '../../../src/mimir/ha-labels.ts';
import { encodeWriteRequest, remoteWriteHeaders } from '../../../src/simulator/remote-write/encode.ts';
import { setLimits, startMimir } from './running-mimir.ts';
import type { RunningMimir } from './running-mimir.ts';
import { until } from './until.ts';

const first: HaLabels = { cluster: 'prometheus_cluster', replica: 'prometheus_replica' };
const second: HaLabels = { cluster: 'team', replica: '__replica__' };

let mimir: RunningMimir;
beforeAll(async () => {
  mimir = await startMimir({ deployment: { haTracker: true }, limits: { haLabels: first } });
});
afterAll(async () => {
  await mimir.stop();
});

/** Sends one sample of `metric` with these labels, and answers the status code. */
async function push(metric: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const samples = [{ value: 1, timestamp: Date.now() }];
  const body = encodeWriteRequest([{ labels: { __name__: metric, ...labels }, samples }]);
  const answer = await fetch(`${mimir.url}/api/v1/push`, {
    method: 'POST',
    headers: remoteWriteHeaders,
    body: new Uint8Array(body),
  });
  return answer.status;
}

function as({ cluster, replica }: HaLabels, name: string): Readonly<Record<string, string>> {
  return { [cluster]: 'one', [replica]: name };
}

const answered = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});

/** Labels of all series of a metric, without its name. */
async function seriesOf(metric: string): Promise<readonly Record<string, string>[]> {
  const answer = await fetch(`${mimir.url}/prometheus/api/v1/query?query=${metric}`);
  return answered.parse(await answer.json()).data.result.map(({ metric: labels }) => {
    return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__'));
  });
}

test('one of two replicas is taken, by the labels in the runtime file, and its own label is not stored', async () => {
  expect(await push('first', as(first, 'a'))).toBe(200);
  expect(await push('first', as(first, 'b'))).toBe(202);
  expect(await push('first', as(first, 'a'))).toBe(200);
  expect(await seriesOf('first')).toEqual([{ [first.cluster]: 'one' }]);
});

test('senders without the labels are taken as they are', async () => {
  expect(await push('plain', { [first.replica]: 'a' })).toBe(200);
  expect(await push('plain', { [first.cluster]: 'one' })).toBe(200);
  expect(await seriesOf('plain')).toEqual(
    expect.arrayContaining([{ [first.replica]: 'a' }, { [first.cluster]: 'one' }]),
  );
});

test('other labels are taken up without a restart', async () => {
  setLimits(mimir.paths, { haLabels: second });
  const status = await until(
    async () => {
      await push('second', as(second, 'a'));
      return push('second', as(second, 'b'));
    },
    (found) => found === 202,
  );
  expect(status).toBe(202);
  expect(await seriesOf('second')).toContainEqual({ [second.cluster]: 'one' });
  expect(await push('third', as(first, 'b'))).toBe(200);
  expect(await seriesOf('third')).toEqual([as(first, 'b')]);
});

import { describe, expect, it } from 'vitest';
import { decodeWriteRequest } from '../../../../src/simulator/remote-write/encode.ts';
import {
  createDelivery,
  type Delivery,
  type PostResult,
} from '../../../../src/simulator/stand-ins/remote-write-sender/workload/delivery.ts';
import { createAcknowledgedLog } from '../../../../src/simulator/stand-ins/remote-write-sender/workload/acknowledged.ts';
import { createFanOut } from '../../../../src/simulator/stand-ins/remote-write-sender/workload/fan-out.ts';
import { emptyJournal } from '../../../../src/simulator/stand-ins/remote-write-sender/workload/journal.ts';

const acknowledged: PostResult = { kind: 'acknowledged' };
const deduplicated: PostResult = { kind: 'deduplicated' };
const lost: PostResult = { kind: 'lost', reason: 'socket hang up' };
const again: PostResult = { kind: 'again', reason: '500 not yet', afterMs: 0 };
const refused: PostResult = { kind: 'refused', reason: '400 out of bounds' };

function batch(value: number) {
  return [{ labels: { __name__: 'm', series: '0' }, samples: [{ value, timestamp: value * 10 }] }];
}

/** A receiver that answers as scripted, then acknowledges; it keeps the values it was sent. */
function scripted(...results: PostResult[]) {
  const values: number[] = [];
  const attempts: number[] = [];
  const post = (body: Uint8Array, attempt: number) => {
    attempts.push(attempt);
    values.push(decodeWriteRequest(body)[0]?.samples[0]?.value ?? Number.NaN);
    return Promise.resolve(results.shift() ?? acknowledged);
  };
  return { post, values, attempts };
}

function deliver(post: (body: Uint8Array, attempt: number) => Promise<PostResult>) {
  const [journal, log] = [emptyJournal(), createAcknowledgedLog()];
  const options = { post, journal, acknowledged: log, minBackoffMs: 1, maxBackoffMs: 4 };
  const delivery: Delivery = createDelivery(options);
  return { journal, delivery, log };
}

describe('a delivery', () => {
  it('sends batches in order, each only after the one before was acknowledged', async () => {
    const { post, values, attempts } = scripted(acknowledged, again, lost);
    const { delivery, journal } = deliver(post);
    await Promise.all([1, 2, 3].map((value) => delivery.enqueue(batch(value))));
    expect(values).toEqual([1, 2, 2, 2, 3]);
    expect(attempts).toEqual([0, 0, 1, 2, 0]);
    expect(journal).toEqual({
      ...{ acknowledged: 3, deduplicated: 0, pending: 0, dropped: 0, requests: 4, retries: 2 },
      series: { 'm{series="0"}': { count: 3, firstTimestamp: 10, lastTimestamp: 30, lastValue: 3 } },
    });
  });

  it('drops what the receiver refuses for good, says why, and goes on with the next', async () => {
    const { post, values } = scripted(refused, again);
    const { delivery, journal } = deliver(post);
    const first = delivery.enqueue(batch(1));
    expect(await first).toBe('dropped');
    expect(journal).toMatchObject({ dropped: 1, acknowledged: 0, lastError: '400 out of bounds' });
    expect(await delivery.enqueue(batch(2))).toBe('acknowledged');
    expect(values).toEqual([1, 2, 2]);
    expect(journal.lastError).toBeUndefined();
  });

  it('waits as long as the receiver asks', async () => {
    const { post } = scripted({ ...again, afterMs: 120 });
    const { delivery } = deliver(post);
    const began = Date.now();
    await delivery.enqueue(batch(1));
    expect(Date.now() - began).toBeGreaterThanOrEqual(115);
  });

  it('logs what was acknowledged, and neither a double that is not kept nor what is dropped', async () => {
    const { post } = scripted(acknowledged, deduplicated, refused, again, acknowledged);
    const { delivery, journal, log } = deliver(post);
    const outcomes = await Promise.all([1, 2, 3, 4].map((value) => delivery.enqueue(batch(value))));
    expect(outcomes).toEqual(['acknowledged', 'deduplicated', 'dropped', 'acknowledged']);
    expect(journal).toMatchObject({ acknowledged: 2, deduplicated: 1, dropped: 1, requests: 5, retries: 1 });
    const runs = [1, 4].map((value) => ({ metric: 'm', timestamp: value * 10, value, series: [0, 0] }));
    expect(log.groups()).toEqual([{ labels: {}, runs }]);
  });

  it('counts as pending what no one acknowledged yet', async () => {
    let answer: (result: PostResult) => void = () => undefined;
    const { delivery, journal } = deliver(() => new Promise((resolve) => (answer = resolve)));
    const first = delivery.enqueue(batch(1));
    const second = delivery.enqueue(batch(2));
    expect(journal.pending).toBe(2);
    answer(acknowledged);
    await first;
    expect(journal).toMatchObject({ pending: 1, acknowledged: 1 });
    answer(acknowledged);
    await second;
    expect(journal).toMatchObject({ pending: 0, acknowledged: 2 });
  });

  it('drops its queue when it is closed in the middle of sending again', async () => {
    const { delivery, journal } = deliver(() => Promise.resolve(again));
    const outcomes = [1, 2].map((value) => delivery.enqueue(batch(value)));
    delivery.close();
    expect(await Promise.all(outcomes)).toEqual(['dropped', 'dropped']);
    expect(journal).toMatchObject({ pending: 0, dropped: 2 });
  });

  it('drops at once what is queued after it was closed', async () => {
    const { post, values } = scripted();
    const { delivery } = deliver(post);
    delivery.close();
    expect(await delivery.enqueue(batch(1))).toBe('dropped');
    expect(values).toEqual([]);
  });
});

describe('a fan-out', () => {
  it('delivers every batch to every URL, and one slow URL does not hold up another', async () => {
    const seen: string[] = [];
    const post = ({ url }: { url: string }) => {
      seen.push(url);
      return url === 'http://slow' && seen.length < 4
        ? Promise.resolve(again)
        : Promise.resolve(acknowledged);
    };
    const fanOut = createFanOut({ post, log: () => undefined });
    fanOut.retarget(['http://fast', 'http://slow']);
    const outcomes = await Promise.all([fanOut.enqueue(batch(1)), fanOut.enqueue(batch(2))]);
    expect(outcomes[1]).toEqual({ 'http://fast': 'acknowledged', 'http://slow': 'acknowledged' });
    expect(seen.indexOf('http://fast')).toBeLessThan(seen.lastIndexOf('http://slow'));
    expect(fanOut.journal()).toMatchObject({ acknowledged: 4, pending: 0 });
  });

  it('keeps the journal of a URL that left, and counts on it when the URL comes back', async () => {
    const lines: string[] = [];
    const fanOut = createFanOut({
      post: () => Promise.resolve(acknowledged),
      log: (line) => lines.push(line),
    });
    fanOut.retarget(['http://a']);
    await fanOut.enqueue(batch(1));
    fanOut.retarget([]);
    expect(await fanOut.enqueue(batch(2))).toEqual({});
    fanOut.retarget(['http://a']);
    await fanOut.enqueue(batch(3));
    expect(fanOut.journal().urls['http://a']?.series['m{series="0"}']).toEqual({
      count: 2,
      firstTimestamp: 10,
      lastTimestamp: 30,
      lastValue: 3,
    });
    expect(lines).toEqual(['sends to http://a', 'sends no more to http://a', 'sends to http://a']);
  });
});

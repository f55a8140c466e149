import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { namespaceOf } from '../../../src/mimir/namespaces.ts';
import { encodeWriteRequest, remoteWriteHeaders } from '../../../src/simulator/remote-write/encode.ts';
import { memcachedBinary, type RunningMemcached, startMemcached } from './memcached-process.ts';
import { startMimir, type RunningMimir } from './running-mimir.ts';
import { until } from './until.ts';

const missing = memcachedBinary() === undefined ? ' (memcached is not installed here)' : '';
const hour = 3_600_000;

/** A name that is never given to anyone (RFC 6761). */
const nowhere = { host: 'memcached.invalid', port: 11_211 };

describe.skipIf(missing !== '')(`a memcached${missing}`, () => {
  let memcached: RunningMemcached;
  let mimir: RunningMimir;
  beforeAll(async () => {
    memcached = await startMemcached();
    const caches = [{ host: '127.0.0.1', port: memcached.port }, nowhere];
    // The sample is two hours old: Mimir caches no answer about the last ten minutes.
    mimir = await startMimir({ deployment: { caches }, limits: { outOfOrderTimeWindow: 4 * hour } });
    const now = Date.now();
    const samples = [2 * hour, hour, 0].map((age) => ({ value: age, timestamp: now - age }));
    const body = encodeWriteRequest([{ labels: { __name__: 'cached' }, samples }]);
    const answer = await fetch(`${mimir.url}/api/v1/push`, {
      method: 'POST',
      headers: remoteWriteHeaders,
      body: new Uint8Array(body),
    });
    expect(answer.status).toBe(200);
  });
  afterAll(async () => {
    await mimir.stop();
    await memcached.kill();
  });

  /** How often a cache had what was looked for. */
  async function hits(name: string): Promise<number> {
    const text = await (await fetch(`${mimir.url}/metrics`)).text();
    const line = new RegExp(`^thanos_cache_hits_total\\{.*name="${name}".*\\} (\\S+)$`, 'm');
    return Number(line.exec(text)?.[1] ?? '0');
  }

  /** Status code of a range query over the last three hours, which is the same query for a minute. */
  async function query(): Promise<number> {
    const minute = Math.floor(Date.now() / 60_000) * 60;
    const range = `start=${minute - 3 * 3_600}&end=${minute}&step=60`;
    const answer = await fetch(`${mimir.url}/prometheus/api/v1/query_range?query=cached&${range}`);
    const { data } = z
      .object({ data: z.object({ result: z.array(z.unknown()) }) })
      .parse(await answer.json());
    expect(data.result).toHaveLength(1);
    return answer.status;
  }

  test('beside one whose name does not resolve is used: the same query finds its answer there', async () => {
    expect(await query()).toBe(200);
    const found = await until(
      async () => {
        expect(await query()).toBe(200);
        return hits('frontend-cache');
      },
      (count) => count > 0,
    );
    expect(found).toBeGreaterThan(0);
  });

  test('keeps no rule group that was changed or deleted', async () => {
    const namespace = namespaceOf(1);
    for (const expr of ['vector(1)', 'vector(2)']) {
      const group = { name: 'g', rules: [{ record: 'one', expr }] };
      await mimir.client.setRuleGroup(namespace, group);
      expect(await mimir.client.ruleGroups()).toEqual(new Map([[namespace, [group]]]));
    }
    await mimir.client.deleteNamespace(namespace);
    expect(await mimir.client.ruleGroups()).toEqual(new Map());
  });

  test('that is killed fails no query', async () => {
    await memcached.kill();
    for (let count = 0; count < 5; count += 1) expect(await query()).toBe(200);
  });
});

test('a Mimir none of whose memcacheds resolves does not start, which is why they are looked up first', async () => {
  await expect(startMimir({ deployment: { caches: [nowhere] } })).rejects.toThrow(
    /no memcached server addresses were resolved/,
  );
});

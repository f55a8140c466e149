import { existsSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postWriteRequest } from '../../../src/simulator/stand-ins/remote-write-sender/workload/post.ts';
import { encodeWriteRequest } from '../../../src/simulator/remote-write/encode.ts';
import type { RunningMimir } from './running-mimir.ts';
import { startMimir } from './running-mimir.ts';

let mimir: RunningMimir;
beforeAll(async () => {
  mimir = await startMimir();
});
afterAll(async () => {
  await mimir.stop();
});

test('the ring says which ingesters there are by the names of their hosts, and how they do', async () => {
  expect(await mimir.client.ingesters()).toEqual([{ id: hostname(), state: 'ACTIVE' }]);
});

test('a flush returns when all samples are in the store', async () => {
  const samples = [{ value: 1, timestamp: Date.now() }];
  const body = encodeWriteRequest([{ labels: { __name__: 'flushed' }, samples }]);
  expect(await postWriteRequest({ url: `${mimir.url}/api/v1/push`, body, attempt: 0 })).toMatchObject({
    kind: 'acknowledged',
  });
  await mimir.client.flush();
  const blocks = join(mimir.paths.dataDir, 'store/blocks/anonymous');
  expect(readdirSync(blocks).filter((name) => /^[0-9A-Z]{26}$/.test(name))).toHaveLength(1);
});

test('the way out for good is remembered in the files that the charm removes for the next Mimir', async () => {
  expect(mimir.paths.shutdownMarkers.filter((path) => existsSync(path))).toEqual([]);
  await mimir.client.prepareShutdown();
  expect(mimir.paths.shutdownMarkers.filter((path) => !existsSync(path))).toEqual([]);
});

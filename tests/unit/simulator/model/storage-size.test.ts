import { expect, test } from 'vitest';
import { applicationOf } from '../../../../src/simulator/model/access.ts';
import { emptyModel } from '../../../../src/simulator/model/records.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import { parseStorage } from '../../../../src/simulator/model/storage-size.ts';
import { server } from './builders.ts';

test.each([
  ['64M', { data: 64 }],
  ['1G', { data: 1024 }],
  ['0.5GiB', { data: 512 }],
  ['kubernetes,1,1.1M', { data: 2 }],
  ['kubernetes', {}],
  ['1', {}],
])('--storage data=%s', (directive, sizes) => {
  expect(parseStorage(server, { data: directive })).toEqual(sizes);
});

test.each([
  ['2,64M', '"2" is neither'],
  ['64', '"64" is neither'],
  ['64K', '"64K" is neither'],
  ['0M', '"0M" is neither'],
  ['a pool', '"a pool" is neither'],
])('--storage data=%s is refused', (directive, message) => {
  expect(() => parseStorage(server, { data: directive })).toThrow(`cannot parse storage "data": ${message}`);
});

test('a storage that the charm does not have is refused, and one that it has belongs to the application', () => {
  const facts = {
    command: 'deploy',
    charm: server,
    units: 1,
    config: {},
    resources: {},
    trust: false,
  } as const;
  const deploy = (storage: Record<string, string>) =>
    step(emptyModel('m', 'uuid'), { ...facts, application: 'server', storage });
  expect(() => deploy({ disk: '64M' })).toThrow('charm "server" has no store called "disk"');
  expect(applicationOf(deploy({ data: '64M' }), 'server').storageSizes).toEqual({ data: 64 });
});

import { describe, expect, test } from 'vitest';
import { keys, publish, readEndpoint, readErrors } from '../../../src/interfaces/loki-push-api.ts';
import { databagFixture } from './databag-fixture.ts';

const { provider_unit: unit, requirer_app: ours } = databagFixture('loki_push_api');
const url = 'http://loki-0.loki-endpoints.cos.svc.cluster.local:3100/loki/api/v1/push';

test('what the leader publishes is what the real library writes', () => {
  const topology = {
    model: 'cos',
    modelUuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
    application: 'mimir-k8s',
    charm: 'mimir-k8s',
  };
  const published = publish(topology, { groups: [] });
  expect(JSON.parse(published['metadata'] ?? '')).toEqual(JSON.parse(ours['metadata'] ?? ''));
  expect(Object.keys(published).toSorted()).toEqual(Object.keys(ours).toSorted());
  expect(Object.keys(published)).toEqual([...keys.requirerApp]);
});

describe('where a unit of Loki takes logs', () => {
  test('is what the real library has written', () => {
    expect(readEndpoint(unit)).toEqual({ ok: true, value: url });
  });

  test.each([{}, { endpoint: '' }, { public_address: 'loki-0' }])('is not said yet in %j', (bag) => {
    expect(readEndpoint(bag)).toEqual({ ok: true, value: undefined });
  });

  test.each([
    'x',
    '[]',
    '{}',
    '{"url": 3}',
    '{"url": "loki:3100"}',
    '{"url": "http://user:password@loki/"}',
    '{"url": "file:///etc/passwd"}',
  ])('cannot be read out of %s', (endpoint) => {
    expect(readEndpoint({ endpoint })).toMatchObject({ ok: false, reason: expect.any(String) });
  });
});

describe('what Loki says of our rules', () => {
  test.each([
    {},
    { event: '' },
    { event: '{}' },
    { event: '{"errors": ""}' },
    { event: 'x' },
    { event: '[]' },
  ])('is nothing in %j', (bag) => {
    expect(readErrors(bag)).toBeUndefined();
  });

  test('are its errors', () => {
    expect(readErrors({ event: '{"errors": "no such label"}' })).toBe('no such label');
  });
});

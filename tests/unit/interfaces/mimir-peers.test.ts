import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  keys,
  type Peer,
  publishAgreement,
  publishPeer,
  readAgreement,
  readPeer,
} from '../../../src/interfaces/mimir-peers.ts';
import { databagFixture } from './databag-fixture.ts';

const nothing: Peer = {
  hostname: undefined,
  up: false,
  factor: undefined,
  flushed: undefined,
  cluster: 0,
  url: undefined,
  exemplars: false,
  https: false,
  certificate: undefined,
  restartWanted: undefined,
  restartRefused: undefined,
  restartDone: undefined,
};

describe('the name of a unit is read', () => {
  test('as the modern charm writes it', () => {
    const { hostname } = readPeer(databagFixture('mimir_peers').provider_unit);
    expect(hostname).toBe('mimir-0.mimir-endpoints.cos.svc.cluster.local');
  });

  test('as the first charm wrote it', () => {
    expect(readPeer({ peer_hostname: 'mimir-0.x' })).toEqual({ ...nothing, hostname: 'mimir-0.x' });
  });

  test('from the new key before the old one, since only a refreshed unit writes it', () => {
    expect(readPeer({ peer_hostname: 'stale', hostname: 'fresh' }).hostname).toBe('fresh');
  });
});

test('a peer that has written nothing yet says nothing', () => {
  expect(readPeer({ 'egress-subnets': '10.1.1.1/32' })).toEqual(nothing);
});

test('what cannot be read is as good as nothing', () => {
  const bag = {
    hostname: 'a b',
    up: 'yes',
    replication_factor: '2',
    flushed: '',
    cluster: 'x',
    url: 'x',
    exemplars: '1',
    https: '1',
    certificate: 'abc def yesterday',
    restart_done: '-1',
  };
  expect(readPeer({ ...bag, restart_wanted: 'X', restart_refused: ' ' })).toEqual(nothing);
  const app = { replication_factor: '1', restart_turn: 'x mimir/0', storage: 'disk', tls: 'on' };
  expect(readAgreement(app)).toEqual({
    factor: undefined,
    turn: undefined,
    storage: undefined,
    tls: undefined,
  });
});

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const factor = maybe(fc.constantFrom(1 as const, 3 as const));
const aHash = fc.constantFrom('0123456789abcdef', 'ffffffffffffffff');
const hash = maybe(aHash);
const peer = fc.record({
  hostname: maybe(fc.domain()),
  up: fc.boolean(),
  factor,
  flushed: factor,
  cluster: fc.nat(999_999_999),
  url: maybe(fc.constant('http://mimir:9009')),
  exemplars: fc.boolean(),
  https: fc.boolean(),
  certificate: maybe(
    fc.record({
      ...{ authority: aHash, offer: aHash },
      renewAt: fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
    }),
  ),
  restartWanted: hash,
  restartRefused: hash,
  restartDone: maybe(fc.nat(999_999_999)),
});
const agreement = fc.record({
  factor: maybe(fc.constant(3 as const)),
  turn: maybe(fc.record({ number: fc.nat(999_999_999), unit: fc.nat(9).map((n) => `mimir-k8s/${n}`) })),
  storage: maybe(fc.constant('s3' as const)),
  tls: hash,
});

test('what is published is read as it was, under the keys that we own', () => {
  fc.assert(
    fc.property(peer, agreement, (told, agreed) => {
      const [unitBag, appBag] = [publishPeer(told), publishAgreement(agreed)];
      expect(keys.unit).toEqual(expect.arrayContaining(Object.keys(unitBag)));
      expect(keys.app).toEqual(expect.arrayContaining(Object.keys(appBag)));
      expect(readPeer(unitBag)).toEqual(told);
      expect(readAgreement(appBag)).toEqual(agreed);
    }),
  );
});

test('any databag gives an answer and no exception', () => {
  const key = fc.oneof(fc.constantFrom(...keys.unit, ...keys.app, 'peer_hostname'), fc.string());
  fc.assert(
    fc.property(fc.dictionary(key, fc.string()), (bag) => {
      expect(Object.keys(readPeer(bag))).toEqual(Object.keys(nothing));
      expect(Object.keys(readAgreement(bag))).toEqual(['factor', 'turn', 'storage', 'tls']);
    }),
  );
});

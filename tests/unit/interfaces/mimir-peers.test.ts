import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keys, publish, read } from '../../../src/interfaces/mimir-peers.ts';
import { databagFixture } from './databag-fixture.ts';

test('the name is read as the modern charm writes it', () => {
  expect(read(databagFixture('mimir_peers').provider_unit)).toEqual({
    ok: true,
    value: { hostname: 'mimir-0.mimir-endpoints.cos.svc.cluster.local' },
  });
});

test('the name is read as the first charm wrote it', () => {
  expect(read({ peer_hostname: 'mimir-0.x' })).toEqual({ ok: true, value: { hostname: 'mimir-0.x' } });
});

test('the new key wins, since only a refreshed unit writes it', () => {
  expect(read({ peer_hostname: 'stale', hostname: 'fresh' })).toMatchObject({ value: { hostname: 'fresh' } });
});

test('a peer that has written nothing yet has no name', () => {
  expect(read({ 'egress-subnets': '10.1.1.1/32' })).toEqual({ ok: true, value: undefined });
});

test('a name that is none is refused', () => {
  expect(read({ hostname: 'a b' })).toEqual({ ok: false, reason: 'hostname: not a host name' });
});

test('the name is read as it was published, under the keys that we own', () => {
  fc.assert(
    fc.property(fc.domain(), (hostname) => {
      const bag = publish({ hostname });
      expect(Object.keys(bag)).toEqual(keys.unit);
      expect(read(bag)).toEqual({ ok: true, value: { hostname } });
    }),
  );
});

test('any databag gives an answer and no exception', () => {
  const bags = fc.dictionary(
    fc.oneof(fc.constantFrom('hostname', 'peer_hostname'), fc.string()),
    fc.string(),
  );
  fc.assert(fc.property(bags, (bag) => typeof read(bag).ok === 'boolean'));
});

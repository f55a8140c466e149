import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCacheAddress, isName, parseCacheAddresses } from '../../../src/mimir/cache-address.ts';
import { cachesIn, withoutCaches } from '../../../src/mimir/config/caches.ts';
import { renderConfig } from '../../../src/mimir/config/render.ts';
import { deployments, oneUnit } from './deployments.ts';

describe('a list of memcacheds', () => {
  test('is read with names, addresses and spaces', () => {
    expect(parseCacheAddresses(' Memcached:11211 ,10.1.0.7:11212,, [fd00::7]:11211\n')).toEqual({
      addresses: [
        { host: 'memcached', port: 11_211 },
        { host: '10.1.0.7', port: 11_212 },
        { host: 'fd00::7', port: 11_211 },
      ],
    });
  });

  test.each(['', ' ', ',', ' , '])('%j holds none', (text) => {
    expect(parseCacheAddresses(text)).toEqual({ addresses: [] });
  });

  test.each([
    ...['memcached', 'memcached:', ':11211', 'memcached:0', 'memcached:65536', 'memcached:1e3', 'a b:1'],
    ...['dns+memcached:11211', 'http://memcached:11211', 'memcached:11211/x', 'fd00::7:11211', '[x]:11211'],
    ...['-memcached:11211', 'memcached:-1', 'memcached:11211;b:1', 'é:11211', '{}', 'a:1\nb:2'],
  ])('%j is refused with words', (text) => {
    const parsed = parseCacheAddresses(`10.1.0.7:11211,${text}`);
    expect('problem' in parsed && parsed.problem).toMatch(
      /is not a host and port; write a list such as memc/,
    );
  });

  test('of any text makes nothing throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => parseCacheAddresses(text)).not.toThrow();
      }),
      { seed: 20260423 },
    );
  });
});

test('names are looked up by Mimir, addresses are taken as they are', () => {
  const addresses = ['memcached', '10.1.0.7', 'fd00::7'].map((host) => ({ host, port: 11_211 }));
  expect(addresses.map(isName)).toEqual([true, false, false]);
  const written = ['dns+memcached:11211', '10.1.0.7:11211', '[fd00::7]:11211'];
  expect(addresses.map(formatCacheAddress)).toEqual(written);
});

describe('a configuration', () => {
  const { caches: deployment = oneUnit } = deployments;
  const body = (config: string) => config.slice(config.indexOf('\n'));

  test('says the same in whatever order memcacheds are told, and however often', () => {
    const turned = [...deployment.caches.toReversed(), ...deployment.caches];
    expect(renderConfig({ ...deployment, caches: turned })).toBe(renderConfig(deployment));
  });

  test.each([
    ['many', deployment.caches],
    ['one that YAML has to quote', [{ host: 'fd00::7', port: 11_211 }]],
    ['none', []],
  ])('with %s tells which they are, and can be had without them', (_how, caches) => {
    const config = renderConfig({ ...deployment, caches });
    expect(cachesIn(config).toSorted()).toEqual(caches.map(formatCacheAddress).toSorted());
    expect(body(withoutCaches(config))).toBe(body(renderConfig({ ...deployment, caches: [] })));
  });
});

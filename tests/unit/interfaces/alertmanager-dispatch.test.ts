import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keys, read } from '../../../src/interfaces/alertmanager-dispatch.ts';
import { databagFixture } from './databag-fixture.ts';

const unitUrl = 'http://alertmanager-0.alertmanager-endpoints.cos.svc.cluster.local:9093';

describe("an Alertmanager's URL", () => {
  test.each([
    ['alertmanager_dispatch', unitUrl],
    ['alertmanager_dispatch.ingress', 'https://traefik.example.com/cos-alertmanager'],
  ])('of %s is read, and the same from what the first schema had of it', (fixture, url) => {
    const bag = databagFixture(fixture).provider_unit;
    expect(read(bag)).toEqual({ ok: true, value: url });
    const first = Object.fromEntries(Object.entries(bag).filter(([key]) => key !== 'url'));
    expect(Object.keys(first)).toEqual(['public_address', 'scheme']);
    expect(read(first)).toEqual({ ok: true, value: url });
  });

  test('of the first schema is plain HTTP if it names no scheme', () => {
    expect(read({ public_address: '10.1.2.3:9093' })).toEqual({ ok: true, value: 'http://10.1.2.3:9093' });
  });

  test.each([{}, { 'ingress-address': '10.1.2.3' }, { scheme: 'https' }])(
    'is undefined while there is none: %j',
    (bag) => {
      expect(read(bag)).toEqual({ ok: true, value: undefined });
    },
  );

  test.each([
    ['a slash at its end', 'http://am.example.com/', 'http://am.example.com'],
    ['slashes behind its path', 'https://a.example.com/cos-am//', 'https://a.example.com/cos-am'],
    ['the default port', 'HTTPS://A.example.com:443/x', 'https://a.example.com/x'],
    ['an IPv6 address', 'http://[2001:DB8::1]:9093', 'http://[2001:db8::1]:9093'],
  ])('with %s is brought into one form, so that equal ones are one', (_name, url, one) => {
    expect(read({ url })).toEqual({ ok: true, value: one });
  });

  test.each([
    ['no URL', 'alertmanager:9093'],
    ['the empty text', ''],
    ['another scheme', 'ftp://am.example.com'],
    ["the scheme of Mimir's service discovery", 'dns+http://am.example.com:9093'],
    ['a comma, at which Mimir would split it', 'http://a.example.com/x,http://evil.example.com'],
    ['a comma in the host', 'http://a,b:9093'],
    ['a percent sign that stands alone, which Go cannot parse', 'http://am.example.com/%zz'],
    ['a password', 'http://user:secret@am.example.com'],
    ['a query', 'http://am.example.com/?a=b'],
    ['a fragment', 'http://am.example.com/#a'],
    ['a port that is none', 'http://am.example.com:99999'],
  ])('that is or has %s is refused', (_name, url) => {
    expect(read({ url })).toEqual({
      ok: false,
      reason: 'url: not a plain URL such as http://alertmanager:9093',
    });
  });

  test.each(['http://am.example.com/api/v2', 'http://am.example.com/x/api/v1/alerts'])(
    'is refused where it leads to the API, which Mimir adds itself: %s',
    (url) => {
      expect(read({ url })).toEqual({
        ok: false,
        reason: 'url: a URL of the API, where its base URL is expected',
      });
    },
  );

  test('is read as it was written', () => {
    const path = fc.webPath().filter((text) => /^[\w/~.-]*$/.test(text) && !text.endsWith('/'));
    const urls = fc.tuple(
      fc.constantFrom('http', 'https'),
      fc.domain(),
      fc.integer({ min: 1024, max: 65535 }),
      path,
    );
    fc.assert(
      fc.property(urls, ([scheme, host, port, below]) => {
        const address = `${host}:${port}${new URL(`http://a${below}`).pathname.replace(/\/+$/, '')}`;
        fc.pre(!address.includes('/api/v'));
        const value = `${scheme}://${address}`;
        expect(read({ url: value })).toEqual({ ok: true, value });
        expect(read({ public_address: address, scheme })).toEqual({ ok: true, value });
      }),
    );
  });

  test('from any databag is safe to join with others, and no exception', () => {
    const values = fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true, withFragments: true }));
    const bags = fc.dictionary(fc.oneof(fc.constantFrom(...keys.providerUnit), fc.string()), values);
    fc.assert(
      fc.property(bags, (bag) => {
        const result = read(bag);
        if (result.ok && result.value !== undefined) expect(result.value).toMatch(/^https?:\/\/[^,\s@?#]+$/);
      }),
    );
  });
});

import { xz } from '@napi-rs/lzma';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bundleOf,
  publish,
  publishEvent,
  publishRules,
  readBundle,
  readEndpoints,
  unpackRules,
} from '../../../src/interfaces/otlp.ts';
import type { JsonObject } from '../../../src/interfaces/prometheus-remote-write.ts';
import { databagFixture } from './databag-fixture.ts';

const mostBytes = 1024 * 1024;
const captured = databagFixture('otlp');

/** The groups in a text of the key `rules`, or why there are none. */
async function groupsIn(text: string): Promise<readonly JsonObject[] | string> {
  const bundle = await unpackRules(text, mostBytes);
  if (!bundle.ok) return bundle.reason;
  const rules = readBundle(bundle.value);
  return rules.ok ? rules.value.groups : rules.reason;
}

const packed = (text: string | Uint8Array) => publishRules(xz.compressSync(text), {})['rules'] ?? '';

describe("the sender's rules", () => {
  test('are read as the real library writes them', async () => {
    const groups = await groupsIn(captured.requirer_app['rules'] ?? '');
    expect(typeof groups !== 'string' && groups.map((group) => group['name'])).toEqual([
      'ga_rules',
      'cos_3f0e8c1a_otelcol_HostHealth_rules',
    ]);
  });

  test.each([
    ['an empty text', ''],
    ['null', 'null'],
    ['an empty string', '""'],
    ['an empty object', '{}'],
    ['a bundle without PromQL', packed('{"logql": {"groups": [{"name": "for Loki"}]}}')],
    ['a bundle with empty PromQL', packed('{"logql": {}, "promql": {}}')],
    ['no groups', packed('{"promql": {"groups": null}}')],
  ])('%s means that there are none', async (_name, text) => {
    expect(await groupsIn(text)).toEqual([]);
  });

  test('may come as a plain object, which the library reads too', async () => {
    expect(await groupsIn('{"promql": {"groups": [{"name": "cpu"}]}}')).toEqual([{ name: 'cpu' }]);
  });

  const cutShort = JSON.stringify('/Td6WFoAAATm1rRGAgAhARQAAAD');
  test.each([
    ['text that is not JSON', '/Td6WFoAAATm', 'rules: not JSON'],
    ['a list', '[]', 'rules: '],
    ['what is not base64', '"%%%"', 'rules: nothing is there to unpack'],
    ['what is not xz', '"aGVsbG8gd29ybGQsIGhlbGxvIHdvcmxk"', 'rules: not whole and sound xz'],
    ['xz that is cut short', cutShort, 'rules: not whole and sound xz'],
    ['a bundle that is not JSON', packed('groups:'), 'rules: not JSON'],
    ['a bundle that is a list', packed('[]'), 'rules: '],
    ['groups that are no objects', packed('{"promql": {"groups": ["a"]}}'), 'rules.promql.groups.0: '],
  ])('%s gives a reason that names the key', async (_name, text, reason) => {
    expect(await groupsIn(text)).toContain(reason);
  });

  test('are not unpacked to their end if they are a bomb', async () => {
    expect(await groupsIn(bomb)).toBe(`rules: more than ${mostBytes} bytes when unpacked`);
  });

  test('of a sender with a bomb do not keep those of the next from being unpacked', async () => {
    await Promise.all([groupsIn(bomb), groupsIn(cutShort), groupsIn(bomb)]);
    expect(await groupsIn(packed(bundleOf([{ name: 'cpu' }])))).toEqual([{ name: 'cpu' }]);
  });

  test('are read as they were published', async () => {
    // zod drops `__proto__`, and well so.
    const key = fc.string().filter((name) => name !== '__proto__');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(key, fc.jsonValue())), async (groups) => {
        const { rules = '' } = publishRules(xz.compressSync(bundleOf(groups)), {});
        expect(JSON.stringify(await groupsIn(rules))).toBe(JSON.stringify(groups));
      }),
    );
  });

  test('any text, packed or not, and any damage give an answer and no exception', async () => {
    const anyText = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string().map((text) => JSON.stringify(text)),
      fc.json().map((text) => packed(text)),
      fc.uint8Array().map((bytes) => JSON.stringify(Buffer.from(bytes).toString('base64'))),
      fc.tuple(fc.nat(399), fc.nat(255)).map(([at, byte]) => damaged(at, byte)),
    );
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect(['string', 'object']).toContain(typeof (await groupsIn(text)));
      }),
    );
  });
});

/** What `head -c 2M /dev/zero | xz -9e -C crc32 | base64` prints. */
const bomb = JSON.stringify(
  [
    '/Td6WFoAAAFpIt42AgAhARwAAAAQz1jM//8RAWxdAABv/f//o7f/Rz5IFXI5YVG4kijmo4YH+e7kHoLTL8U6PAFLsX7JiopNL6MN',
    '2X+m44wjEVPgWRjFdYrid/i2lH8MasDedElk4ulcU7IE2PdEDKtfDW1G6eXDdoi3llestk3haR1v+0uIEGxCy4g/XACP0E6vJiiU',
    'cR89jyThcJ6nI1/sKMuF0ZWYin4qkfIndfcZwAaYTZj92K/VkA/EJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJY',
    'vul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1TPfgpZAk7gMsqbN+1O/DEvS5fqg8+S2ZCkBMO/xCT+HF4WfgLzf+VKEYPqfx83vua',
    'MC5WwI+F84OBwGXEJVP49ZE2MQWlsO5vwXBNRwzRkRGqrWAdus6xJxhcWYbpZlJYvul2rFnk5VsFCPnH2q38+1IrdM0eWyBC+d1T',
    'PfgpZAk7gMsqbN+1O/DEvEgn5liAAO0ABQAcpiTxAAAAfoeJjQABjwOAgIABZg37Kz4wDYsCAAAAAAFZWg==',
  ].join(''),
);

/** The captured rules with one byte altered. */
function damaged(at: number, byte: number): string {
  const bytes = Buffer.from(captured.requirer_app['rules'] ?? '', 'base64');
  bytes[at] = byte;
  return JSON.stringify(bytes.toString('base64'));
}

describe('the endpoints', () => {
  const url = 'http://mimir-k8s.cos.svc.cluster.local:8080/otlp';

  test('of the real library are read', () => {
    const endpoint = { protocol: 'http', endpoint: url, telemetries: ['metrics'] };
    expect(readEndpoints(captured.provider_app)).toEqual({ ok: true, value: [endpoint] });
  });

  test('are published as the real library publishes them, but for spaces', () => {
    const { endpoints = '' } = captured.provider_app;
    expect(publish(url)).toEqual({ endpoints: JSON.stringify(JSON.parse(endpoints)) });
  });

  test('are none until the receiver has written them', () => {
    expect(readEndpoints({ event: '{}' })).toEqual({ ok: true, value: [] });
  });

  test('any databag gives an answer and no exception', () => {
    const anyBag = fc.dictionary(fc.constantFrom('endpoints', 'event'), fc.oneof(fc.string(), fc.json()));
    fc.assert(fc.property(anyBag, (bag) => typeof readEndpoints(bag).ok === 'boolean'));
  });
});

test('the event is an empty object when nothing is wrong, and quotes what is', () => {
  expect(publishEvent()).toEqual({ event: '{}' });
  expect(publishEvent('bad "expr"')).toEqual({ event: '{"errors":"bad \\"expr\\""}' });
});

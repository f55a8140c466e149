import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  keys,
  publish,
  publishVersion0,
  publishVersion1,
  read,
  understandsVersion1,
} from '../../../src/interfaces/certificate-transfer.ts';
import { databagFixture } from './databag-fixture.ts';

const v0 = databagFixture('certificate_transfer.v0');
const v1 = databagFixture('certificate_transfer.v1');
const pem = (what: string) => `-----BEGIN CERTIFICATE-----\n${what}\n-----END CERTIFICATE-----`;

describe('the certificates to trust', () => {
  test('are those that the real provider sends, in either version', () => {
    const expected = { ok: true, value: [pem('MIIA')] };
    expect(read({ app: v1.provider_app, units: [v1.provider_unit] })).toEqual(expected);
    expect(read({ app: v0.provider_app, units: [v0.provider_unit] })).toEqual(expected);
  });

  test('are none of a provider that says nothing yet', () => {
    expect(read({ app: {}, units: [{}, { 'ingress-address': '10.1.1.1' }] })).toEqual({
      ok: true,
      value: [],
    });
    expect(read({ app: { version: '1' }, units: [] })).toEqual({ ok: true, value: [] });
  });

  test('are of version 0 in JSON or as they are, without the one of the provider itself', () => {
    const plain = { ca: `${pem('a')}\n`, certificate: pem('own'), chain: `${pem('own')}\n${pem('a')}` };
    const units = [plain, publishVersion0({ ca: pem('b'), certificate: pem('own'), chain: [pem('b')] })];
    expect(read({ app: {}, units })).toEqual({
      ok: true,
      value: [pem('a'), pem('b'), `${pem('own')}\n${pem('a')}`],
    });
  });

  test('are those of the leader alone once it says some: the units may still say what was replaced', () => {
    const units = [v0.provider_unit];
    expect(read({ app: publishVersion1([pem('new')]), units })).toEqual({ ok: true, value: [pem('new')] });
    expect(read({ app: publishVersion1([]), units })).toEqual({ ok: true, value: [] });
  });

  test('are the same list in whatever order they come', () => {
    const all = [pem('a'), pem('b'), pem('c')];
    fc.assert(
      fc.property(fc.shuffledSubarray([...all, ...all]), (some) => {
        const expected = { ok: true, value: [...new Set(some)].sort() };
        expect(read({ app: publishVersion1(some), units: [] })).toEqual(expected);
        const units = some.map((ca) => publishVersion0({ ca, certificate: ca, chain: [] }));
        expect(read({ app: {}, units })).toEqual(expected);
      }),
    );
  });

  test.each([
    ['certificates: not JSON', { app: { certificates: '[' }, units: [] }],
    ['certificates.0: not PEM', { app: { certificates: '["MIIA"]' }, units: [] }],
    ['ca: not PEM', { app: {}, units: [{ ca: 'MIIA' }, { ca: '{' }] }],
    ['chain: not PEM', { app: {}, units: [{ chain: '{"a": 1}' }] }],
  ])('are refused with words: %s', (reason, bags) => {
    expect(read(bags)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('may be anything', () => {
    const values = fc.oneof(fc.string(), fc.json(), fc.constant(pem('a')));
    const bag = fc.dictionary(fc.constantFrom(...keys.providerUnit, 'certificates'), values);
    fc.assert(
      fc.property(bag, fc.array(bag), (app, units) => {
        expect(read({ app, units })).toHaveProperty('ok');
      }),
    );
  });
});

test('we say our version as the real library does', () => {
  expect(publish()).toEqual(v1.requirer_app);
  expect(Object.keys(publish())).toEqual(keys.requirerApp);
  expect([v0, v1].map(({ requirer_app: bag }) => understandsVersion1(bag))).toEqual([false, true]);
});

test('a provider publishes as the real library does', () => {
  const certificate = `${pem('MIIA')}\n`;
  expect(publishVersion1([certificate])).toEqual(v1.provider_app);
  expect(publishVersion0({ ca: certificate, certificate, chain: [certificate] })).toEqual(v0.provider_unit);
});

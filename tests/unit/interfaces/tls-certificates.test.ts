import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  keys,
  publish,
  publishAnswers,
  read,
  readAnswers,
  readRequests,
} from '../../../src/interfaces/tls-certificates.ts';
import { captured } from '../x509/captured-certificates.ts';
import { databagFixture } from './databag-fixture.ts';

const pem = (what: string, kind = 'CERTIFICATE') => `-----BEGIN ${kind}-----\n${what}\n-----END ${kind}-----`;
const ours = pem('ours', 'CERTIFICATE REQUEST');
const other = pem('other', 'CERTIFICATE REQUEST');
const issued = { ca: pem('ca'), certificate: pem('leaf'), chain: [pem('leaf'), pem('ca')] };
const told = (entry: object, key = 'certificates') => ({ [key]: JSON.stringify([entry]) });
const error = { code: 102, name: 'domain_not_allowed', message: 'not that domain' };

describe("what a provider tells of a unit's request", () => {
  test.each(captured)('is the certificate that the real library issued: $name', ({ name, ...each }) => {
    const { ca, certificate, chain, certificate_signing_request: request } = each;
    const bag = databagFixture(name).provider_app;
    const value = { kind: 'issued', ca, certificate, chain };
    expect(read(bag, `\n${request}\n`)).toEqual({ ok: true, value });
    expect(read(bag, ours)).toEqual({ ok: true, value: { kind: 'none' } });
  });

  test.each([[{}], [{ certificates: '[]', request_errors: '[]' }]])('is nothing yet: %j', (bag) => {
    expect(read(bag, ours)).toEqual({ ok: true, value: { kind: 'none' } });
  });

  test('is a certificate whose chain may be in any order, or missing', () => {
    const chain = [...issued.chain].reverse();
    const entry = { ...issued, certificate_signing_request: `${ours}\n` };
    expect(read(told({ ...entry, chain }), ours)).toMatchObject({ ok: true, value: { chain } });
    expect(read(told({ ...entry, chain: null }), ours)).toMatchObject({ ok: true, value: { chain: [] } });
  });

  test('is that it was revoked, unless another one was issued since', () => {
    const revoked = { ...issued, certificate_signing_request: ours, revoked: true };
    expect(read(told(revoked), ours)).toEqual({ ok: true, value: { kind: 'revoked' } });
    const both = { certificates: JSON.stringify([revoked, { ...revoked, revoked: false }]) };
    expect(read(both, ours)).toMatchObject({ ok: true, value: { kind: 'issued' } });
  });

  test.each(['csr', 'certificate_signing_request'])('is an error under the key %s', (key) => {
    const bag = told({ [key]: ours, error: { ...error, provider: 'ca', endpoint: 'x' } }, 'request_errors');
    expect(read(bag, ours)).toEqual({ ok: true, value: { kind: 'refused', error } });
    expect(read(bag, other)).toEqual({ ok: true, value: { kind: 'none' } });
    const reason = 'no such zone';
    const more = told({ [key]: ours, error: { ...error, reason } }, 'request_errors');
    expect(read(more, ours)).toEqual({ ok: true, value: { kind: 'refused', error: { ...error, reason } } });
  });

  test('is the certificate where there is an error of before as well', () => {
    const entry = { ...issued, certificate_signing_request: ours };
    const bag = { ...told(entry), ...told({ csr: ours, error }, 'request_errors') };
    expect(read(bag, ours)).toMatchObject({ ok: true, value: { kind: 'issued' } });
  });

  test.each([
    ['certificates: : not JSON', { certificates: '{' }],
    ['certificates: ', { certificates: '{}' }],
    ['ca: not a certificate in PEM', told({ ...issued, ca: 'x', certificate_signing_request: ours })],
    ['request_errors: 0.error', told({ csr: ours }, 'request_errors')],
  ])('is refused with words: %s', (reason, bag) => {
    expect(read(bag, ours)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('is read whatever stands there for others', () => {
    const entries = [null, 1, { certificate_signing_request: 3 }, { certificate_signing_request: other }];
    const entry = { ...issued, certificate_signing_request: ours };
    const bag = {
      certificates: JSON.stringify([...entries, entry]),
      request_errors: JSON.stringify(entries),
    };
    expect(read(bag, ours)).toMatchObject({ ok: true, value: { kind: 'issued' } });
    expect(read(bag, pem('x'))).toEqual({ ok: true, value: { kind: 'none' } });
  });

  test('may be anything', () => {
    const values = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((each) => JSON.stringify([each])),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys.providerApp), values), (bag) => {
        expect(read(bag, ours)).toHaveProperty('ok');
        expect(readAnswers(bag)).toHaveProperty('ok');
      }),
    );
  });
});

describe('a request', () => {
  test('is published as the real library does', () => {
    const bag = databagFixture('tls-certificates').requirer_unit['certificate_signing_requests'] ?? '';
    const request = captured[0]?.certificate_signing_request ?? '';
    const { certificate_signing_requests: published = '', ...rest } = publish(`${request}\n`);
    expect(JSON.parse(published)).toEqual(JSON.parse(bag));
    expect(rest).toEqual({});
    expect(Object.keys(publish(request))).toEqual(keys.requirerUnit);
  });

  test('is read by the provider as it was published', () => {
    expect(readRequests(publish(ours))).toEqual({ ok: true, value: [ours] });
    expect(readRequests({})).toEqual({ ok: true, value: [] });
    const { requirer_unit: unit } = databagFixture('coordinator.certificates');
    expect(readRequests(unit)).toMatchObject({ ok: true, value: [expect.stringContaining('REQUEST')] });
  });

  test('for an authority of its own is left out', () => {
    const entry = { certificate_signing_request: ours, ca: true };
    expect(readRequests(told(entry, 'certificate_signing_requests'))).toEqual({ ok: true, value: [] });
  });

  test('that cannot be read is refused with words', () => {
    const found = readRequests({ certificate_signing_requests: '[{}]' });
    const reason = expect.stringMatching(/^certificate_signing_requests: 0\.certificate_signing_request: /);
    expect(found).toMatchObject({ ok: false, reason });
  });
});

describe("a provider's answers", () => {
  test('are published as the real library does', () => {
    for (const { name, certificate_signing_request: request, ...rest } of captured) {
      const real = databagFixture(name).provider_app;
      const { certificates = '', ...others } = publishAnswers({
        certificates: [{ ...rest, request, revoked: false }],
        errors: [],
      });
      expect(JSON.parse(certificates)).toEqual(JSON.parse(real['certificates'] ?? ''));
      expect(others['request_errors']).toBe('');
      expect(JSON.parse(others['capabilities'] ?? '')).toEqual(JSON.parse(real['capabilities'] ?? ''));
    }
  });

  test('are read back as they were published, by both sides', () => {
    const answers = {
      certificates: [
        { ...issued, request: ours, revoked: true },
        { ...issued, request: other, revoked: false },
      ],
      errors: [{ request: pem('third', 'CERTIFICATE REQUEST'), error: { ...error, reason: undefined } }],
    };
    const bag = publishAnswers(answers);
    expect(readAnswers(bag)).toEqual({ ok: true, value: answers });
    expect(read(bag, ours)).toEqual({ ok: true, value: { kind: 'revoked' } });
    expect(read(bag, other)).toEqual({ ok: true, value: { kind: 'issued', ...issued } });
  });
});

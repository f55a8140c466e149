import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keys, publish, publishUnit, read } from '../../../src/interfaces/s3.ts';
import { databagFixture } from './databag-fixture.ts';

const v0 = databagFixture('s3').provider_app;
const v1 = databagFixture('s3.v1').provider_app;
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';

const bucket = {
  name: 'mimir',
  endpoint: 'minio.cos.svc.cluster.local:9000',
  insecure: true,
  region: 'us-east-1',
  uriStyle: 'path',
  caChain: [pem],
  path: '',
};

describe("a provider's offer", () => {
  test('of version 0 has the keys beside the bucket', () => {
    const credentials = { accessKey: 'AKIA', secretKey: 's3cr3t' };
    expect(read(v0)).toEqual({ ok: true, value: { bucket, credentials } });
  });

  test('of version 1 names the secret that has them', () => {
    const value = {
      bucket: { ...bucket, endpoint: 'minio:9000', uriStyle: undefined },
      credentials: { secretId: 'secret:m6q8sc5g1d7s7f47azwy' },
    };
    expect(read(v1)).toEqual({ ok: true, value });
  });

  test.each([
    ['nothing yet', {}],
    ["the library's own keys", { data: '{"bucket": "relation-16"}', version: '1' }],
    ['a bucket without keys', { bucket: 'mimir', endpoint: 'http://minio:9000' }],
    ['half of the keys', { ...v0, 'secret-key': '' }],
  ])('is none while there is %s', (_what, bag) => {
    expect(read(bag)).toEqual({ ok: true, value: undefined });
  });

  test.each([
    ['https://s3.example.com', { endpoint: 's3.example.com', insecure: false }],
    ['https://s3.example.com/', { endpoint: 's3.example.com', insecure: false }],
    ['http://10.1.2.3:9000', { endpoint: '10.1.2.3:9000', insecure: true }],
    ['https://[2001:db8::1]:9000', { endpoint: '[2001:db8::1]:9000', insecure: false }],
    ['', { endpoint: 's3.us-east-1.amazonaws.com', insecure: false }],
  ])('with the endpoint %j is at host and port', (endpoint, expected) => {
    expect(read({ ...v0, endpoint })).toMatchObject({ ok: true, value: { bucket: expected } });
  });

  test('without endpoint and region is at Amazon', () => {
    const found = read({ bucket: 'mimir', 'access-key': 'a', 'secret-key': 'b' });
    expect(found).toMatchObject({ ok: true, value: { bucket: { endpoint: 's3.amazonaws.com' } } });
  });

  test.each([
    ['as PEM', JSON.stringify([pem])],
    ['in base64', JSON.stringify([Buffer.from(pem).toString('base64')])],
    ['encoded twice', JSON.stringify(JSON.stringify([pem]))],
  ])('has its CA chain %s', (_how, chain) => {
    const found = read({ ...v0, 'tls-ca-chain': chain });
    expect(found).toMatchObject({ ok: true, value: { bucket: { caChain: [pem] } } });
  });

  test.each([
    ['bucket: there is none', { bucket: '' }],
    ['bucket: not the name of a bucket, such as mimir', { bucket: 'Mimir/x' }],
    ['endpoint: not a URL such as https://s3.example.com', { endpoint: 'minio:9000' }],
    ['endpoint: not a URL such as https://s3.example.com', { endpoint: 'http://me:word@minio' }],
    ['endpoint: has a path, which Mimir cannot use', { endpoint: 'https://example.com/s3' }],
    ['region: not a region, such as us-east-1', { region: ' ', endpoint: '' }],
    ['region: not a region, such as us-east-1', { region: 'a.example.com/?', endpoint: '' }],
    ['s3-uri-style: ', { 's3-uri-style': 'domain' }],
    ['tls-ca-chain: ', { 'tls-ca-chain': '{' }],
  ])('is refused with words: %s', (reason, changes) => {
    const found = read({ ...v0, ...changes });
    expect(found).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('may be anything, and a reason never tells a key of the store', () => {
    const names = Object.keys({ ...v0, ...v1 });
    const values = fc.oneof(fc.constantFrom(...Object.values({ ...v0, ...v1 })), fc.string());
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), values), (bag) => {
        const found = read({ ...bag, 'access-key': 'top-access', 'secret-key': 'top-secret' });
        if (!found.ok) expect(found.reason).not.toMatch(/top-/);
      }),
    );
  });
});

test('we ask as the real library does', () => {
  const { requirer_app: app, requirer_unit: unit } = databagFixture('s3.v1');
  // Python's JSON has blanks behind its commas.
  const spaced = (bag: Readonly<Record<string, string>>) => ({
    ...bag,
    'requested-secrets': bag['requested-secrets']?.replaceAll(', ', ','),
  });
  expect(spaced(publish('mimir'))).toEqual(spaced(app));
  expect(spaced(publishUnit())).toEqual(spaced(unit));
  expect(Object.keys(publish('mimir')).toSorted()).toEqual(keys.requirerApp.toSorted());
  expect(Object.keys(publishUnit())).toEqual(keys.requirerUnit);
});

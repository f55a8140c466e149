import { describe, expect, it } from 'vitest';
import { Redacted } from '../../../../src/juju/index.ts';
import { answerTo, bucketFor, type Offer } from '../../../../src/simulator/stand-ins/s3-integrator/answer.ts';
import { newKeys } from '../../../../src/simulator/stand-ins/s3-integrator/credentials.ts';
import { options } from '../../../../src/simulator/stand-ins/s3-integrator/options.ts';
import { captured } from './captured-databags.ts';

/** An offer with the options of config.yaml, and those that are given. */
function anOffer(set: Record<string, unknown> = {}, secretId = 'secret:m6q8sc5g1d7s7f47azwy'): Offer {
  const defaults = { generation: 'v1', 'make-buckets': true, region: 'us-east-1', 's3-uri-style': 'path' };
  return {
    options: options.parse({ ...defaults, ...set }),
    storeUrl: 'http://minio.cos.svc.cluster.local:9000',
    keys: { accessKey: 'AKIA', secretKey: new Redacted('s3cr3t') },
    secretId,
  };
}

/** What is left in the databag. */
function told(request: Record<string, string>, offer: Offer): Record<string, string> {
  return Object.fromEntries(Object.entries(answerTo(request, offer)).filter(([, value]) => value !== ''));
}

describe('the answer of the S3 stand-in', () => {
  it('as v0 is what the real library wrote, with the keys in plain text', () => {
    const { provider_app: real, requirer_app: request } = captured('s3');
    const { data = '', ...rest } = real;
    const expected = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'attributes'));
    const chain = real['tls-ca-chain'];
    const { data: noted = '', ...answer } = told(
      request,
      anOffer({ generation: 'v0', bucket: 'mimir', 'tls-ca-chain': chain }),
    );
    expect(answer).toEqual(expected);
    expect(JSON.parse(noted)).toEqual(JSON.parse(data));
  });

  it('as v1 is what the real library wrote, with the keys in a secret', () => {
    const { provider_app: real, requirer_app: request } = captured('s3.v1');
    const { endpoint, 'tls-ca-chain': chain } = real;
    const offer = anOffer({ endpoint, 'tls-ca-chain': chain, 's3-uri-style': '' });
    expect(told(request, offer)).toEqual(real);
  });

  it('comes once something is asked for; before that, v1 tells its version and v0 nothing', () => {
    expect(told({}, anOffer())).toEqual({ version: '1' });
    expect(told({}, anOffer({ generation: 'v0' }))).toEqual({});
  });

  it('as v1 gives an application that asks for no secret the keys in plain text, and not the bucket it asks for', () => {
    expect(told({ bucket: 'relation-16' }, anOffer())).toEqual({
      ...{ version: '1', 'access-key': 'AKIA', 'secret-key': 's3cr3t', 's3-uri-style': 'path' },
      ...{ endpoint: 'http://minio.cos.svc.cluster.local:9000', region: 'us-east-1' },
    });
  });

  it.each(['v0', 'v1'])('as %s takes away the keys of the other generation', (generation) => {
    const request = captured('s3.v1').requirer_app;
    const other = generation === 'v0' ? 'v1' : 'v0';
    const stale = Object.keys(told(request, anOffer({ generation: other })));
    expect(Object.keys(answerTo(request, anOffer({ generation })))).toEqual(expect.arrayContaining(stale));
  });

  it('tells the bucket of the options before the one that is asked for', () => {
    const request = captured('s3.v1').requirer_app;
    expect(bucketFor(request, anOffer().options)).toBe('mimir');
    expect(bucketFor(request, anOffer({ bucket: 'ours' }).options)).toBe('ours');
    expect(bucketFor({ bucket: 'relation-16' }, anOffer({ generation: 'v0' }).options)).toBe('relation-16');
  });
});

describe('the keys of the S3 stand-in', () => {
  it('are new each time, in the form of Amazon’s, and the secret one does not print', () => {
    const keys = newKeys();
    expect(keys.accessKey).toMatch(/^[A-Z0-9]{20}$/);
    expect(keys.secretKey.reveal()).toMatch(/^[\w-]{40}$/);
    expect(newKeys().accessKey).not.toBe(keys.accessKey);
    expect(JSON.stringify(keys)).toContain('[redacted]');
  });

  it.each([
    [{ 'access-key': 'abc' }, 'goes with secret-key: set both or none'],
    [{ 'access-key': 'ab', 'secret-key': 'longer-than-8' }, '>=3 characters'],
    [{ 'access-key': 'abc', 'secret-key': 'has a blank' }, 'has a blank'],
  ])('%j is refused', (set, why) => {
    expect(() => anOffer(set)).toThrow(why);
  });
});

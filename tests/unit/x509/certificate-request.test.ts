import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createKey, createRequest, isForKey, readRequest } from '../../../src/x509/certificate-request.ts';
import { databagFixture } from '../interfaces/databag-fixture.ts';
import { captured, capturedNames } from './captured-certificates.ts';

const names = ['mimir-k8s-0.mimir-k8s-endpoints.cos.svc.cluster.local', 'mimir-k8s.cos.svc.cluster.local'];
let privateKey: string;

beforeAll(async () => {
  privateKey = await createKey();
});

const requestOf = (dnsNames: readonly string[] = names, commonName = 'mimir-k8s') =>
  createRequest({ privateKey, commonName, dnsNames });
const read = async (pem: string) => {
  const result = await readRequest(pem);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};

describe('a key', () => {
  test('is of RSA with 2048 bits, as PKCS #8, and new each time', async () => {
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(privateKey);
    expect(asymmetricKeyType).toBe('rsa');
    expect(asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(await createKey()).not.toBe(privateKey);
  });
});

describe('a request', () => {
  test('says what was wanted, and for which key', async () => {
    const request = await read(await requestOf());
    expect(request).toMatchObject({ commonName: 'mimir-k8s', dnsNames: names });
    expect(isForKey(request, privateKey)).toBe(true);
    expect(isForKey(request, await createKey())).toBe(false);
  });

  test('may be for no other name than its common one', async () => {
    expect(await read(await requestOf([]))).toMatchObject({ commonName: 'mimir-k8s', dnsNames: [] });
  });

  test('differs from the next one of the same names and key', async () => {
    expect(await requestOf()).not.toBe(await requestOf());
  });

  test('may be signed by a key of an elliptic curve', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const request = await createRequest({ privateKey: ec.toString(), commonName: 'm', dnsNames: names });
    expect(isForKey(await read(request), ec.toString())).toBe(true);
  });

  test.each(['', 'm'.repeat(65)])('is not made for the common name %j', async (commonName) => {
    await expect(requestOf(names, commonName)).rejects.toThrow(/has not 1 to 64 characters$/);
  });

  test.each(['', 'a b', 'müllheim.example'])('is not made for the DNS name %j', async (name) => {
    await expect(requestOf([name])).rejects.toThrow(/is not a DNS name$/);
  });

  test('is not made with a key of a kind that signs otherwise, or with what is no key', async () => {
    const other = generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    const wanted = { commonName: 'mimir', dnsNames: [] };
    await expect(createRequest({ ...wanted, privateKey: other })).rejects.toThrow('of type ed25519');
    await expect(createRequest({ ...wanted, privateKey: 'top-secret' })).rejects.not.toThrow('top-secret');
  });

  test.skipIf(spawnSync('openssl', ['version']).status !== 0)('is one that OpenSSL verifies', async () => {
    const input = await requestOf();
    const text = execFileSync('openssl', ['req', '-verify', '-noout', '-text', '-nameopt', 'RFC2253'], {
      input,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(text).toContain(names.map((name) => `DNS:${name}`).join(', '));
    expect(text).toMatch(/Version: 1 \(0x0\)/);
    expect(text).toMatch(
      /Subject: .*x500UniqueIdentifier=.*CN=mimir-k8s|Subject: .*2\.5\.4\.45=.*CN=mimir-k8s/,
    );
    expect(text).toContain('Signature Algorithm: sha256WithRSAEncryption');
  });
});

describe('a request that is read', () => {
  test.each(captured)('may be of the real library: $name', async ({ certificate_signing_request: pem }) => {
    expect(await read(pem)).toMatchObject({ commonName: 'mimir-k8s', dnsNames: capturedNames });
  });

  test('may be of the real charm', async () => {
    const bag =
      databagFixture('coordinator.certificates').requirer_unit['certificate_signing_requests'] ?? '';
    const [, pem = ''] = /"certificate_signing_request": "([^"]*)"/.exec(bag) ?? [];
    expect(await read(pem.replaceAll('\\n', '\n'))).toMatchObject({ commonName: 'mimir' });
  });

  test('is refused if another key has signed it', async () => {
    const body = Buffer.from((await requestOf()).split('\n').slice(1, -2).join(''), 'base64');
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${body.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    expect(await readRequest(pem)).toEqual({
      ok: false,
      reason: 'not a certificate request: it is not signed by its own key',
    });
  });

  test.each([
    ['', 'there is no -----BEGIN CERTIFICATE REQUEST-----'],
    ['-----BEGIN CERTIFICATE REQUEST-----\nAAAA', 'there is no -----END CERTIFICATE REQUEST-----'],
    ['-----BEGIN CERTIFICATE REQUEST-----\n!!\n-----END CERTIFICATE REQUEST-----', 'not PEM: '],
    [
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
      'not a certificate request',
    ],
  ])('is refused with words: %j', async (pem, reason) => {
    expect(await readRequest(pem)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('may be anything', async () => {
    const request = await requestOf();
    const asItWas = await readRequest(request);
    const der = Buffer.from(request.split('\n').slice(1, -2).join(''), 'base64');
    const spoilt = fc
      .array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(der);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const body = fc.oneof(
      spoilt,
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
        const result = await readRequest(pem);
        // ASN.1 as some write it, such as with a wrong length of the whole, says the same: what is signed is in it.
        if (result.ok) expect(result).toEqual(asItWas);
        else expect(bytes.equals(der)).toBe(false);
      }),
    );
  });
});

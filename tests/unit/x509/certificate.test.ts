import { X509Certificate } from 'node:crypto';
import {
  Certificate,
  ExtendedKeyUsage,
  Extension,
  id_ce_extKeyUsage,
  id_kp_clientAuth,
  id_kp_serverAuth,
} from '@peculiar/asn1-x509';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createAuthority,
  issueCertificate,
  type Authority,
} from '../../../src/x509/certificate-authority.ts';
import { createKey, createRequest } from '../../../src/x509/certificate-request.ts';
import {
  chainToServe,
  inspectCertificate,
  inspectTrust,
  readAuthorities,
  readCertificates,
} from '../../../src/x509/certificate.ts';
import { captured, capturedNames } from './captured-certificates.ts';

const period = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };
const now = new Date('2026-06-01T00:00:00Z');
const names = ['mimir.cos.svc.cluster.local', '*.example.com'];
let root: Authority;
let middle: Authority;
let privateKey: string;
let leaf: string;

const issue = async (authority: Authority, dnsNames: readonly string[] = names) => {
  const request = await createRequest({ privateKey, commonName: 'mimir', dnsNames });
  const issued = issueCertificate(request, period, authority);
  if (!issued.ok) throw new Error(issued.reason);
  return issued.value;
};

beforeAll(async () => {
  root = await createAuthority({ commonName: 'root', period });
  middle = await createAuthority({ commonName: 'middle', period, issuer: root });
  privateKey = await createKey();
  leaf = await issue(middle);
});

describe('an authority of ours', () => {
  test('signs what OpenSSL takes for its own', () => {
    const [first, second, third] = [leaf, middle.certificate, root.certificate].map(
      (pem) => new X509Certificate(pem),
    );
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('there are three');
    expect(first.ca).toBe(false);
    expect([second.ca, third.ca]).toEqual([true, true]);
    expect(first.checkIssued(second) && first.verify(second.publicKey)).toBe(true);
    expect(second.checkIssued(third) && second.verify(third.publicKey)).toBe(true);
    expect(third.checkIssued(third)).toBe(true);
    expect(first.checkIssued(third)).toBe(false);
  });

  test('does not sign what is no request', () => {
    expect(issueCertificate('', period, root)).toMatchObject({ ok: false });
  });
});

describe('a certificate', () => {
  test('matches its key and covers its names in its period', () => {
    const found = inspectCertificate({ certificate: leaf, privateKey, names: [names[0] ?? ''], now });
    expect(found).toEqual({
      ok: true,
      value: { ...period, validity: 'valid', matchesKey: true, isForServers: true, uncovered: [] },
    });
  });

  test('tells the names that it is not for; its common name is none', () => {
    const asked = ['a.example.com', 'a.b.example.com', 'mimir', 'MIMIR.cos.svc.cluster.local'];
    const found = inspectCertificate({ certificate: leaf, privateKey, names: asked, now });
    expect(found).toMatchObject({ ok: true, value: { uncovered: ['a.b.example.com', 'mimir'] } });
  });

  test.each([
    ['2025-12-31T23:59:59Z', 'not-yet-valid'],
    ['2026-01-01T00:00:00Z', 'valid'],
    ['2027-01-01T00:00:00Z', 'valid'],
    ['2027-01-01T00:00:01Z', 'expired'],
  ])('at %s is %s', (at, validity) => {
    const found = inspectCertificate({ certificate: leaf, privateKey, names, now: new Date(at) });
    expect(found).toMatchObject({ ok: true, value: { validity } });
  });

  test('of another key is told', () => {
    const found = inspectCertificate({ certificate: leaf, privateKey: root.privateKey, names, now });
    expect(found).toMatchObject({ ok: true, value: { matchesKey: false } });
  });

  test('and a key that cannot be read is a value that does not tell the key', () => {
    const found = inspectCertificate({ certificate: leaf, privateKey: 'top-secret', names, now });
    expect(found).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^the private key cannot be read/),
    });
    expect(JSON.stringify(found)).not.toContain('top-secret');
  });

  test.each(captured)('may be of the real library: $name', ({ certificate, ca, chain }) => {
    const given = { certificate, privateKey, names: [...capturedNames, 'other'], now };
    expect(inspectCertificate(given)).toMatchObject({
      ok: true,
      value: { validity: 'not-yet-valid', matchesKey: false, uncovered: ['other'] },
    });
    expect(chainToServe({ certificate, ca, chain })).toEqual({ ok: true, value: [`${certificate}\n`] });
    expect(readAuthorities(ca)).toEqual({ ok: true, value: [`${ca}\n`] });
  });
});

describe('a certificate of another make', () => {
  /** A certificate with some of its bytes written over, as a provider with a fault might send it. */
  const patched = (pem: string, from: string, to: string) => {
    const der = new X509Certificate(pem).raw.toString('latin1');
    if (!der.includes(from)) throw new Error(`there is no ${from} in it`);
    const base64 = Buffer.from(der.replace(from, to), 'latin1').toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  };
  /** The leaf with an extended key usage; who has signed it does not count here. */
  const used = (...usages: string[]) => {
    const certificate = AsnConvert.parse(new X509Certificate(leaf).raw, Certificate);
    const extnValue = new OctetString(AsnConvert.serialize(new ExtendedKeyUsage(usages)));
    certificate.tbsCertificate.extensions?.push(new Extension({ extnID: id_ce_extKeyUsage, extnValue }));
    const base64 = Buffer.from(AsnConvert.serialize(certificate)).toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  };

  test.each([
    [[id_kp_clientAuth], false],
    [[id_kp_clientAuth, id_kp_serverAuth], true],
    [['2.5.29.37.0'], true],
  ])('may be for servers, or not: %j', (usages, isForServers) => {
    const found = inspectCertificate({ certificate: used(...usages), privateKey, names, now });
    expect(found).toMatchObject({ ok: true, value: { isForServers } });
  });

  test('with a time that is none cannot be read', () => {
    const certificate = patched(leaf, '270101000000Z', '271301000000Z');
    for (let time = 0; time < 20; time += 1) {
      const found = inspectCertificate({ certificate, privateKey, names, now });
      expect(found).toMatchObject({ ok: false, reason: expect.stringContaining('it has no period') });
    }
    expect(inspectTrust([certificate], [middle.certificate], now)).toMatchObject({ ok: false });
  });
});

describe('the chain to serve', () => {
  test('is our own and what is between it and the root, however the provider has it', () => {
    const all = [leaf, middle.certificate, root.certificate];
    const expected = { ok: true, value: [leaf, middle.certificate] };
    fc.assert(
      fc.property(fc.shuffledSubarray([...all, ...all], { minLength: 0 }), (chain) => {
        expect(chainToServe({ certificate: leaf, ca: middle.certificate, chain })).toEqual(expected);
      }),
    );
  });

  test('is our own alone if the root has signed it', async () => {
    const certificate = await issue(root);
    const ca = root.certificate;
    expect(chainToServe({ certificate, ca, chain: [ca, certificate] })).toEqual({
      ok: true,
      value: [certificate],
    });
  });

  test('leaves out what has nothing to do with it', async () => {
    const other = await createAuthority({ commonName: 'middle', period, issuer: root });
    const chain = [other.certificate, leaf, middle.certificate];
    expect(chainToServe({ certificate: leaf, ca: root.certificate, chain })).toEqual({
      ok: true,
      value: [leaf, middle.certificate],
    });
  });

  test('may be in one text', () => {
    const chain = [`${leaf}${middle.certificate}${root.certificate}`];
    const given = { certificate: chain[0] ?? '', ca: root.certificate, chain };
    expect(chainToServe(given)).toEqual({ ok: true, value: [leaf, middle.certificate] });
  });

  test('with a part that cannot be read is refused with words', () => {
    const broken = '-----BEGIN CERTIFICATE-----\nMIIA\n-----END CERTIFICATE-----';
    expect(chainToServe({ certificate: leaf, ca: root.certificate, chain: [broken] })).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^in the chain, certificate 1 of 2 cannot be read: /),
    });
  });
});

describe('what a server presents is taken by those that trust', () => {
  const signedBy = (served: readonly string[], authorities: readonly string[]) => {
    const trust = inspectTrust(served, authorities, now);
    return trust.ok && trust.value.signed;
  };

  test('the root, the one between, or one of several', () => {
    const served = [leaf, middle.certificate];
    expect(signedBy(served, [root.certificate])).toBe(true);
    expect(signedBy(served, [middle.certificate])).toBe(true);
    expect(signedBy([leaf], [middle.certificate])).toBe(true);
  });

  test('but not if what is between is not presented, or another one of the same name is trusted', async () => {
    const other = await createAuthority({ commonName: 'root', period });
    expect(signedBy([leaf], [root.certificate])).toBe(false);
    expect(signedBy([leaf, middle.certificate], [other.certificate])).toBe(false);
    expect(signedBy([leaf, middle.certificate], [other.certificate, root.certificate])).toBe(true);
  });

  test('itself, if it has signed itself', () => {
    expect(signedBy([root.certificate], [root.certificate])).toBe(true);
  });

  test('and by nobody who trusts nobody, nor if it is nothing', () => {
    expect(signedBy([leaf, middle.certificate], [])).toBe(false);
    expect(signedBy([], [root.certificate])).toBe(false);
  });

  test('until the first of those between ends, or the last of the roots that have signed', async () => {
    const short = { ...period, notAfter: new Date('2026-07-01T00:00:00Z') };
    const brief = await createAuthority({ commonName: 'middle', period: short, issuer: root });
    const signed = await issue(brief);
    const until = (served: readonly string[], authorities: readonly string[], at = now) =>
      inspectTrust(served, authorities, at);
    const [end, none] = [period.notAfter, undefined];
    expect(until([leaf], [middle.certificate])).toMatchObject({ value: { until: end } });
    expect(until([signed, brief.certificate], [root.certificate])).toMatchObject({
      value: { until: short.notAfter },
    });
    expect(until([signed], [brief.certificate])).toMatchObject({ value: { until: short.notAfter } });
    const later = new Date('2026-08-01T00:00:00Z');
    expect(until([signed, brief.certificate], [root.certificate], later)).toEqual({
      ok: true,
      value: { signed: true, until: none },
    });
    expect(until([signed], [brief.certificate], later)).toEqual({
      ok: true,
      value: { signed: true, until: none },
    });
  });
});

describe('a text of certificates', () => {
  test('is split, and each written plainly', () => {
    const untidy = `# root\r\n${root.certificate.replaceAll('\n', '\r\n')}\n\n# middle\n${middle.certificate.trim()}`;
    const expected = { ok: true, value: [root.certificate, middle.certificate] };
    expect(readCertificates(untidy)).toEqual(expected);
    expect(readAuthorities(untidy)).toEqual(expected);
  });

  test('is of authorities without those that may sign none, if any are left', () => {
    expect(readAuthorities(`${leaf}${root.certificate}`)).toEqual({ ok: true, value: [root.certificate] });
    expect(readAuthorities(leaf)).toEqual({ ok: false, reason: 'there is no certificate of an authority' });
  });

  test.each([
    ['', 'there is no -----BEGIN CERTIFICATE-----'],
    ['-----BEGIN CERTIFICATE-----\nMIIA', 'a -----BEGIN CERTIFICATE----- has no end'],
    ['-----BEGIN CERTIFICATE-----\nMIIA\n-----END CERTIFICATE-----', 'the certificate cannot be read: '],
  ])('is refused with words: %j', (text, reason) => {
    expect(readAuthorities(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('may be anything', () => {
    const spoilt = fc
      .tuple(fc.nat(leaf.length - 1), fc.nat(leaf.length - 1), fc.string({ unit: 'binary' }))
      .map(([from, to, text]) => leaf.slice(0, from) + text + leaf.slice(to));
    const text = fc
      .array(fc.oneof(spoilt, fc.string(), fc.constantFrom(leaf, root.certificate)))
      .map((all) => all.join('\n'));
    fc.assert(
      fc.property(text, (each) => {
        const certificates = readCertificates(each);
        readAuthorities(each);
        chainToServe({ certificate: leaf, ca: each, chain: [each] });
        const found = inspectCertificate({ certificate: each, privateKey: each, names, now });
        expect(found.ok).toBe(false);
        if (certificates.ok) expect(readCertificates(certificates.value.join(''))).toEqual(certificates);
      }),
    );
  });
});

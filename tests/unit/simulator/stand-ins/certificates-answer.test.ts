import { beforeAll, describe, expect, it } from 'vitest';
import { answersTo, revoked } from '../../../../src/simulator/stand-ins/self-signed-certificates/answer.ts';
import { periodOf } from '../../../../src/simulator/stand-ins/self-signed-certificates/authority.ts';
import { options } from '../../../../src/simulator/stand-ins/self-signed-certificates/options.ts';
import { createAuthority, type Authority } from '../../../../src/x509/certificate-authority.ts';
import { createKey, createRequest } from '../../../../src/x509/certificate-request.ts';
import { inspectCertificate } from '../../../../src/x509/certificate.ts';

const nothing = { certificates: [], errors: [] };
const set = (changes: Record<string, string> = {}) =>
  options.parse({ 'ca-common-name': 'ca', 'certificate-validity': '90d', refuse: 'false', ...changes });
let authority: Authority;
let privateKey: string;
let request: string;
let other: string;

beforeAll(async () => {
  authority = await createAuthority({ commonName: 'ca', period: periodOf(3600) });
  privateKey = await createKey();
  const wanted = { privateKey, commonName: 'mimir', dnsNames: ['mimir.example'] };
  [request = '', other = ''] = (await Promise.all([createRequest(wanted), createRequest(wanted)])).map(
    (pem) => pem.trim(),
  );
});

describe('the answers of the certificate authority', () => {
  it('are a certificate for each request, with its own first in the chain, and stay what they are', () => {
    const signing = { authority, options: set() };
    const answers = answersTo([request, other], nothing, signing);
    expect(answers.certificates.map((each) => each.request)).toEqual([request, other]);
    const [first] = answers.certificates;
    const ca = authority.certificate.trim();
    expect(first).toMatchObject({ ca, chain: [first?.certificate, ca], revoked: false });
    const given = { certificate: first?.certificate ?? '', privateKey, now: new Date() };
    expect(inspectCertificate({ ...given, names: ['mimir.example'] })).toMatchObject({
      ok: true,
      value: { matchesKey: true, uncovered: [] },
    });
    expect(answersTo([request, other], answers, signing)).toEqual(answers);
    expect(answersTo([other], answers, signing)).toEqual({
      certificates: [answers.certificates[1]],
      errors: [],
    });
  });

  it('stay revoked for the same request', () => {
    const signing = { authority, options: set() };
    const before = revoked(answersTo([request], nothing, signing));
    const { certificates } = answersTo([request, other], before, signing);
    expect(certificates.map((each) => each.revoked)).toEqual([true, false]);
  });

  it('are new ones once there is another authority', async () => {
    const before = revoked(answersTo([request], nothing, { authority, options: set() }));
    const next = await createAuthority({ commonName: 'ca', period: periodOf(3600) });
    const { certificates } = answersTo([request], before, {
      authority: next,
      options: set({ refuse: 'true' }),
    });
    expect(certificates).toMatchObject([{ ca: next.certificate.trim(), revoked: false }]);
  });

  it.each([
    ['true', 999],
    ['201', 201],
  ])('are errors with refuse=%s, but for what is signed', (refuse, code) => {
    const before = answersTo([request], nothing, { authority, options: set() });
    const answers = answersTo([request, other], before, { authority, options: set({ refuse }) });
    expect(answers.certificates).toEqual(before.certificates);
    expect(answers.errors).toMatchObject([{ request: other, error: { code } }]);
  });

  it('are an error for what is no request', () => {
    const { errors } = answersTo(['x'], nothing, { authority, options: set() });
    expect(errors).toMatchObject([
      { request: 'x', error: { code: 999, message: 'the request cannot be read' } },
    ]);
  });
});

describe('the options of the certificate authority', () => {
  it.each([
    ['60', 60],
    ['60s', 60],
    ['5m', 300],
    ['2h', 7200],
    ['90d', 7_776_000],
    ['1w', 604_800],
  ])('have the validity %s in seconds', (text, seconds) => {
    expect(set({ 'certificate-validity': text })['certificate-validity']).toBe(seconds);
  });

  it.each([
    [{ 'certificate-validity': '0' }, 'not a time such as 60s or 90d'],
    [{ 'certificate-validity': '1y' }, 'not a time such as 60s or 90d'],
    [{ refuse: '100' }, 'refuse'],
    [{ 'ca-common-name': '' }, 'ca-common-name'],
  ])('%j are refused', (changes, why) => {
    expect(() => set(changes)).toThrow(why);
  });
});

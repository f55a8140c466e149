// Not for the charm, which asks for certificates and signs none: for the simulator's authority and for tests.
import { createHash, createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extensions,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  type Extension,
  type Name,
} from '@peculiar/asn1-x509';
import { extensionOf, nameOf, oids, signDer } from './asn1.ts';
import { createKey } from './certificate-request.ts';
import { toPem } from './pem.ts';
import type { Reading } from './reading.ts';
import { decodeRequest } from './request-encoding.ts';

/** A key that signs certificates, and the certificate that others know it by. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

/** From when until when a certificate is to be valid; certificates know whole seconds only. */
export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** An authority to be made; without `issuer` it is a root, which signs itself. */
export interface NewAuthority {
  readonly commonName: string;
  readonly period: Period;
  readonly issuer?: Authority;
}

/** What goes into a certificate, whoever it is for. */
interface Content {
  readonly subject: Name;
  readonly spki: Buffer;
  readonly period: Period;
  readonly extensions: readonly Extension[];
}

/** Who signs: its name is in DER, since it has to be the same byte for byte. */
interface Signer {
  readonly name: Name;
  readonly privateKey: string;
}

/** Makes an authority with a key of its own. */
export async function createAuthority({ commonName, period, issuer }: NewAuthority): Promise<Authority> {
  const privateKey = await createKey();
  const subject = nameOf([
    { type: oids.commonName, text: commonName },
    // Two authorities of one name are told apart by it, as those of the Python library.
    { type: oids.uniqueIdentifier, text: randomBytes(16).toString('hex') },
  ]);
  const signer = issuer === undefined ? { name: subject, privateKey } : signerOf(issuer);
  const extensions = [
    extensionOf(id_ce_basicConstraints, new BasicConstraints({ cA: true }), true),
    extensionOf(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
  ];
  const certificate = signCertificate({ subject, spki: spkiOf(privateKey), period, extensions }, signer);
  return { certificate, privateKey };
}

/**
 * Signs what a request in PEM asks for, and returns the certificate in PEM; whether the names may be had is the caller's
 * to decide.
 */
export function issueCertificate(request: string, period: Period, authority: Authority): Reading<string> {
  const decoded = decodeRequest(request);
  if (!decoded.ok) return decoded;
  const { subject, publicKey, alternativeNames } = decoded.value;
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const extensions = [
    extensionOf(id_ce_basicConstraints, new BasicConstraints(), true),
    ...(alternativeNames === undefined ? [] : [alternativeNames]),
  ];
  const value = signCertificate({ subject, spki, period, extensions }, signerOf(authority));
  return { ok: true, value };
}

function signCertificate({ subject, spki, period, extensions }: Content, signer: Signer): string {
  const key = createPrivateKey(signer.privateKey);
  // The algorithm stands in what is signed, and so has to be known before.
  const { algorithm } = signDer(new ArrayBuffer(0), key);
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: signer.name,
    validity: new Validity({
      notBefore: wholeSeconds(period.notBefore),
      notAfter: wholeSeconds(period.notAfter),
    }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: new Extensions([
      ...extensions,
      extensionOf(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(spki))),
      extensionOf(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({
          keyIdentifier: new KeyIdentifier(keyIdentifier(spkiOf(signer.privateKey))),
        }),
      ),
    ]),
  });
  const { signature } = signDer(AsnConvert.serialize(tbs), key);
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm,
    signatureValue: signature,
  });
  return toPem('CERTIFICATE', new Uint8Array(AsnConvert.serialize(certificate)));
}

function signerOf({ certificate, privateKey }: Authority): Signer {
  const { raw } = new X509Certificate(certificate);
  return { name: AsnConvert.parse(raw, Certificate).tbsCertificate.subject, privateKey };
}

function spkiOf(privateKey: string): Buffer {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
}

/** RFC 5280, 4.2.1.2: the SHA-1 of the key's bits, as a name and not for safety. */
function keyIdentifier(spki: Buffer): ArrayBuffer {
  const { subjectPublicKey } = AsnConvert.parse(spki, SubjectPublicKeyInfo);
  return Uint8Array.from(createHash('sha1').update(new Uint8Array(subjectPublicKey)).digest()).buffer;
}

/** Positive, and of full length whatever comes by chance. */
function serialNumber(): ArrayBuffer {
  const bytes = Uint8Array.from(randomBytes(16));
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.buffer;
}

function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

// Loaded by certificate-request.ts when a request is made or read, and not before.
import { createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { Attributes, CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  Attribute,
  Extensions,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  type Extension,
  type Name,
} from '@peculiar/asn1-x509';
import { alternativeNamesOf, attributeOf, isSigned, nameOf, oids, signDer } from './asn1.ts';
import { fromPem, toPem } from './pem.ts';
import { attempt, type Reading } from './reading.ts';

/** Names to be certified, and the key that they are to be bound to. */
export interface Wanted {
  readonly key: KeyObject;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
}

/** A request in the library's terms. */
export interface DecodedRequest {
  readonly subject: Name;
  readonly commonName: string | undefined;
  readonly dnsNames: readonly string[];
  readonly publicKey: KeyObject;
  /** As it is to go into the certificate. */
  readonly alternativeNames: Extension | undefined;
}

const label = 'CERTIFICATE REQUEST';

/** A PKCS #10 request (RFC 2986), signed by its key. */
export function encodeRequest({ key, commonName, dnsNames }: Wanted): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const extensions = new Extensions(dnsNames.length === 0 ? [] : [alternativeNamesOf(dnsNames)]);
  const values = [AsnConvert.serialize(extensions)];
  const info = new CertificationRequestInfo({
    version: 0,
    subject: nameOf([
      { type: oids.commonName, text: commonName },
      // Python's library has it as text too, so that one request can be told from the next of the same names.
      { type: oids.uniqueIdentifier, text: randomUUID() },
    ]),
    subjectPKInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    attributes: new Attributes(
      extensions.length === 0 ? [] : [new Attribute({ type: oids.extensionRequest, values })],
    ),
  });
  const { algorithm, signature } = signDer(AsnConvert.serialize(info), key);
  const request = new CertificationRequest({
    certificationRequestInfo: info,
    signatureAlgorithm: algorithm,
    signature,
  });
  return toPem(label, new Uint8Array(AsnConvert.serialize(request)));
}

/** Decodes a request, and checks that it is signed by the key that it is for. */
export function decodeRequest(pem: string): Reading<DecodedRequest> {
  const der = fromPem(label, pem);
  return der.ok ? attempt(() => decode(der.value), 'not a certificate request') : der;
}

function decode(der: Uint8Array): DecodedRequest {
  const {
    certificationRequestInfo: info,
    certificationRequestInfoRaw: raw,
    signatureAlgorithm: { algorithm },
    signature,
  } = AsnConvert.parse(der, CertificationRequest);
  const spki = Buffer.from(AsnConvert.serialize(info.subjectPKInfo));
  const publicKey = createPublicKey({ key: spki, type: 'spki', format: 'der' });
  if (raw === undefined || !isSigned(raw, { algorithm, signature }, publicKey))
    throw new Error('it is not signed by its own key');
  const alternativeNames = extensionsIn(info.attributes).find(({ extnID }) => extnID === oids.subjectAltName);
  return {
    subject: info.subject,
    commonName: attributeOf(info.subject, oids.commonName),
    dnsNames: dnsNamesIn(alternativeNames),
    publicKey,
    alternativeNames,
  };
}

/** The library's type says that there always are attributes, its text that there may be none. */
function extensionsIn(attributes: readonly Attribute[] | undefined): readonly Extension[] {
  const [encoded] = [...(attributes ?? [])].find(({ type }) => type === oids.extensionRequest)?.values ?? [];
  return encoded === undefined ? [] : [...AsnConvert.parse(encoded, Extensions)];
}

function dnsNamesIn(extension: Extension | undefined): readonly string[] {
  if (extension === undefined) return [];
  const names = AsnConvert.parse(extension.extnValue, SubjectAlternativeName);
  return [...names].flatMap(({ dNSName }) => dNSName ?? []);
}

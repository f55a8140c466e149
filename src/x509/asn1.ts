// What requests and certificates have in common, in the terms of RFC 5280. The library's classes are known to this file,
// to request-encoding.ts and to certificate-authority.ts alone, which a start of the charm does not evaluate
// (docs/adr/0014-x509-by-a-library.md).
import { sign, verify, type KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Extension,
  GeneralName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';

/** Object identifiers (RFC 5280, RFC 2985, RFC 8017, RFC 5758). */
export const oids = {
  commonName: '2.5.4.3',
  uniqueIdentifier: '2.5.4.45',
  subjectAltName: '2.5.29.17',
  extensionRequest: '1.2.840.113549.1.9.14',
} as const;

/** Signature algorithms by their object identifier: the kind of key, and the digest. */
const signatures: Readonly<Record<string, { readonly key: string; readonly digest: string }>> = {
  '1.2.840.113549.1.1.11': { key: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { key: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { key: 'rsa', digest: 'sha512' },
  '1.2.840.10045.4.3.2': { key: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', digest: 'sha512' },
};

/** DER of NULL, which RSA's algorithms have as their parameters (RFC 4055). */
const nullParameters = Uint8Array.of(5, 0).buffer;

/** A distinguished name of attributes in their order, each in UTF-8. */
export function nameOf(attributes: readonly { readonly type: string; readonly text: string }[]): Name {
  return new Name(
    attributes.map(({ type, text }) => {
      const value = new AttributeValue({ utf8String: text });
      return new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value })]);
    }),
  );
}

/** The first attribute of a type in a distinguished name. */
export function attributeOf(name: Name, type: string): string | undefined {
  return [...name]
    .flatMap((attributes) => [...attributes])
    .find((each) => each.type === type)
    ?.value.toString();
}

/** An extension, whose value is encoded here. */
export function extensionOf(extnID: string, value: unknown, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/** The extension that says for which names a certificate is. */
export function alternativeNamesOf(dnsNames: readonly string[]): Extension {
  const names = dnsNames.map((dNSName) => new GeneralName({ dNSName }));
  return extensionOf(oids.subjectAltName, new SubjectAlternativeName(names));
}

/** Signs DER with SHA-256. Throws if the key is neither RSA nor of an elliptic curve. */
export function signDer(der: ArrayBuffer, key: KeyObject) {
  const kind = key.asymmetricKeyType;
  const [algorithm] = Object.entries(signatures).find((entry) => entry[1].key === kind) ?? [];
  if (algorithm === undefined) throw new Error(`cannot sign: no algorithm for a key of type ${String(kind)}`);
  const parameters = kind === 'rsa' ? { parameters: nullParameters } : {};
  return {
    algorithm: new AlgorithmIdentifier({ algorithm, ...parameters }),
    signature: Uint8Array.from(sign('sha256', new Uint8Array(der), key)).buffer,
  };
}

/** Whether `signature` is that of `der`; false also if its algorithm is not one that we know, such as one with SHA-1. */
export function isSigned(
  der: ArrayBuffer,
  { algorithm, signature }: { readonly algorithm: string; readonly signature: ArrayBuffer },
  key: KeyObject,
): boolean {
  const known = signatures[algorithm];
  if (known?.key !== key.asymmetricKeyType || known === undefined) return false;
  return verify(known.digest, new Uint8Array(der), key, new Uint8Array(signature));
}

import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import type { Reading } from './reading.ts';

/** What is to be certified. */
export interface NewRequest {
  /** PEM; of RSA or an elliptic curve. */
  readonly privateKey: string;
  /** At most 64 characters (RFC 5280, ub-common-name). */
  readonly commonName: string;
  readonly dnsNames: readonly string[];
}

/** What a request asks for. */
export interface CertificateRequest {
  readonly commonName: string | undefined;
  /** In the order of the request. */
  readonly dnsNames: readonly string[];
  /** The key that the certificate is to be for, as SPKI in PEM. */
  readonly publicKey: string;
}

const longestCommonName = 64;

/** Makes an RSA key of 2048 bits, as PKCS #8 in PEM. It may take a tenth of a second, in which Node.js does other work. */
export function createKey(): Promise<string> {
  const options = {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  } as const;
  return new Promise((resolve, reject) => {
    generateKeyPair('rsa', options, (error, _publicKey, privateKey) => {
      if (error === null) resolve(privateKey);
      else reject(error);
    });
  });
}

/**
 * Makes a PKCS #10 certificate signing request in PEM. No two are equal, also of the same names and key: their subjects
 * have a random x500UniqueIdentifier, as those of the Python library have. Throws if the key cannot be read or a name
 * cannot stand in a certificate.
 */
export async function createRequest({ privateKey, commonName, dnsNames }: NewRequest): Promise<string> {
  if (commonName === '' || commonName.length > longestCommonName)
    throw new Error(
      `cannot request a certificate: the common name ${JSON.stringify(commonName)} has not 1 to ${longestCommonName} characters`,
    );
  const wrong = dnsNames.find((name) => !/^[!-~]+$/.test(name));
  if (wrong !== undefined)
    throw new Error(`cannot request a certificate: ${JSON.stringify(wrong)} is not a DNS name`);
  const key = createPrivateKey(privateKey);
  const { encodeRequest } = await import('./request-encoding.ts');
  return encodeRequest({ key, commonName, dnsNames });
}

/** Reads a certificate signing request in PEM; one that is not signed by its own key is refused. */
export async function readRequest(pem: string): Promise<Reading<CertificateRequest>> {
  const { decodeRequest } = await import('./request-encoding.ts');
  const decoded = decodeRequest(pem);
  if (!decoded.ok) return decoded;
  const { commonName, dnsNames, publicKey } = decoded.value;
  const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { ok: true, value: { commonName, dnsNames, publicKey: spki } };
}

/** Whether a request is for the public half of a private key. Throws if the key cannot be read. */
export function isForKey({ publicKey }: CertificateRequest, privateKey: string): boolean {
  return createPublicKey(createPrivateKey(privateKey)).equals(createPublicKey(publicKey));
}

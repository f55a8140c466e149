import { createPrivateKey, X509Certificate } from 'node:crypto';
import { attempt, unreadable, type Reading } from './reading.ts';

/** A certificate and what it is to serve for. */
export interface Inspected {
  /** PEM; of several, the first is inspected. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
  /** DNS names under which the certificate is to be served. */
  readonly names: readonly string[];
  readonly now: Date;
}

/** What a certificate is good for. */
export interface Inspection {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly validity: 'valid' | 'expired' | 'not-yet-valid';
  /** Whether it is for the public half of the private key. */
  readonly matchesKey: boolean;
  /** Whether a server may show it; a certificate that does not say what it is for is for anything. */
  readonly isForServers: boolean;
  /** Those of the names that it is not for. Clients such as Go's look at its alternative names, never at its common name. */
  readonly uncovered: readonly string[];
}

/** What a provider of certificates issued. */
export interface IssuedChain {
  /** Our own. */
  readonly certificate: string;
  /** That of the authority which signed it. */
  readonly ca: string;
  /** In any order; with our own and the root, or without. */
  readonly chain: readonly string[];
}

const begin = '-----BEGIN CERTIFICATE-----';
const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM text, each written anew in the plain form that every reader takes. Texts between them are
 * left out. All have to be readable: Go's `AppendCertsFromPEM`, with which Mimir reads such files, is silent about those
 * that it does not understand.
 */
export function readCertificates(text: string): Reading<readonly string[]> {
  const parsed = parseAll(text);
  return parsed.ok ? { ok: true, value: parsed.value.map(String) } : parsed;
}

/**
 * The certificates of authorities in a PEM text, as {@link readCertificates} has them. Those that may sign no others are
 * left out, such as a server's own at the head of a chain, save for one that signed itself. A text with none is refused.
 */
export function readAuthorities(text: string): Reading<readonly string[]> {
  const parsed = parseAll(text);
  if (!parsed.ok) return parsed;
  const authorities = parsed.value.filter((each) => each.ca || isRoot(each));
  if (authorities.length === 0) return unreadable('there is no certificate of an authority');
  return { ok: true, value: authorities.map(String) };
}

/** Looks at a certificate for its period, key and names. */
export function inspectCertificate({ certificate, privateKey, names, now }: Inspected): Reading<Inspection> {
  const leaf = parseFirst(certificate);
  if (!leaf.ok) return leaf;
  const key = attempt(() => createPrivateKey(privateKey), 'the private key cannot be read');
  if (!key.ok) return key;
  const { validFromDate: notBefore, validToDate: notAfter } = leaf.value;
  return attempt(
    () => ({
      notBefore,
      notAfter,
      validity: validityAt(now, notBefore, notAfter),
      matchesKey: leaf.value.checkPrivateKey(key.value),
      isForServers: isForServers(leaf.value),
      uncovered: names.filter((name) => leaf.value.checkHost(name, { subject: 'never' }) === undefined),
    }),
    'the certificate cannot be inspected',
  );
}

/**
 * What a server is to present: its certificate, then the one that signed it, and so on, without the root, which clients
 * have. Providers have had the chain in either order, and some repeat certificates or add others.
 */
export function chainToServe({ certificate, ca, chain }: IssuedChain): Reading<readonly string[]> {
  const leaf = parseFirst(certificate);
  if (!leaf.ok) return leaf;
  const others = parseAll([...chain, ca].join('\n'));
  if (!others.ok) return unreadable(`in the chain, ${others.reason}`);
  return attempt(() => follow(leaf.value, others.value).map(String), 'the chain cannot be followed');
}

/** Whether and how long clients take what a server presents, apart from the server's own certificate. */
export interface Trust {
  /** An authority that they trust has signed it, in force or not. */
  readonly signed: boolean;
  /** When the first of those ends that vouch for the server's; undefined if one of them is not in force now. */
  readonly until: Date | undefined;
}

/** Looks at what a server presents as clients do that take the word of these authorities, and of no other; all in PEM. */
export function inspectTrust(
  served: readonly string[],
  authorities: readonly string[],
  now: Date,
): Reading<Trust> {
  return attempt(() => {
    const [chain, roots] = [served.map(parse), authorities.map(parse)];
    const vouching = roots.filter((root) => chain.some((each) => isSame(each, root) || issuedBy(each, root)));
    const between = chain.slice(1);
    // Of several roots it takes one; of those between, all.
    const lastRoot = ends(vouching.filter((root) => isInForce(root, now))).at(-1);
    const all = lastRoot !== undefined && between.every((each) => isInForce(each, now));
    return {
      signed: vouching.length > 0,
      until: all ? (ends(between).find((end) => end < lastRoot) ?? lastRoot) : undefined,
    };
  }, 'its chain cannot be inspected');
}

/** When they end, the soonest first. */
function ends(certificates: readonly X509Certificate[]): readonly Date[] {
  return certificates.map(({ validToDate }) => validToDate).toSorted((a, b) => a.getTime() - b.getTime());
}

function isInForce({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validityAt(now, validFromDate, validToDate) === 'valid';
}

/** Extended key usages that let a server show a certificate: its own, and any (RFC 5280, 4.2.1.12). */
const serverUsages: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']);

/**
 * What Node.js calls a key usage is the extended one, and is undefined for a certificate that has none. toLegacyObject
 * has it too, but whoever calls that before node:tls is loaded leaves it without createSecureContext (Node.js 24.21), and
 * no connection over TLS can be made any more.
 */
function isForServers({ keyUsage }: { readonly keyUsage: readonly string[] | undefined }): boolean {
  return keyUsage === undefined || keyUsage.some((usage) => serverUsages.has(usage));
}

function follow(leaf: X509Certificate, others: readonly X509Certificate[]): readonly X509Certificate[] {
  const served = [leaf];
  for (let last = leaf; !isRoot(last);) {
    const issued = last;
    const next = others.find(
      (each) => issuedBy(issued, each) && !served.some((known) => isSame(known, each)),
    );
    if (next === undefined || isRoot(next)) break;
    served.push(next);
    last = next;
  }
  return served;
}

function parseAll(text: string): Reading<readonly X509Certificate[]> {
  const blocks = text.match(block) ?? [];
  if (blocks.length !== text.split(begin).length - 1) return unreadable(`a ${begin} has no end`);
  if (blocks.length === 0) return unreadable(`there is no ${begin}`);
  const certificates: X509Certificate[] = [];
  for (const [position, pem] of blocks.entries()) {
    const parsed = attempt(() => parse(pem), `${ordinal(position, blocks.length)} cannot be read`);
    if (!parsed.ok) return parsed;
    certificates.push(parsed.value);
  }
  return { ok: true, value: certificates };
}

function parseFirst(text: string): Reading<X509Certificate> {
  const parsed = parseAll(text);
  if (!parsed.ok) return parsed;
  const [first] = parsed.value;
  return first === undefined ? unreadable(`there is no ${begin}`) : { ok: true, value: first };
}

/**
 * OpenSSL leaves dates and names unread until they are asked for. Of a malformed time only the text says that it is one;
 * the date is any (Node.js 24.21).
 */
function parse(pem: string): X509Certificate {
  const certificate = new X509Certificate(pem);
  for (const time of [certificate.validFrom, certificate.validTo])
    if (Number.isNaN(Date.parse(time))) throw new Error('it has no period');
  return certificate;
}

function ordinal(position: number, all: number): string {
  return all === 1 ? 'the certificate' : `certificate ${position + 1} of ${all}`;
}

function validityAt(now: Date, notBefore: Date, notAfter: Date): Inspection['validity'] {
  if (now < notBefore) return 'not-yet-valid';
  return now > notAfter ? 'expired' : 'valid';
}

function isRoot(certificate: X509Certificate): boolean {
  return issuedBy(certificate, certificate);
}

function issuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isSame(one: X509Certificate, other: X509Certificate): boolean {
  return one.fingerprint256 === other.fingerprint256;
}

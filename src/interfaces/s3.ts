import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The keys that we own: we are the requirer, and ask for a bucket and for its keys. */
export const keys = {
  requirerApp: ['bucket', 'requested-secrets', 'version'],
  requirerUnit: ['requested-secrets'],
} as const;

/** Names of the two values in the secret that a provider of version 1 shares. */
export const secretKeys = { accessKey: 'access-key', secretKey: 'secret-key' } as const;

/** How a client proves to the store who it is: by keys in the databag (version 0), or by those in a secret (version 1). */
export type Credentials =
  { readonly accessKey: string; readonly secretKey: string } | { readonly secretId: string };

/** A bucket, and the way to it. */
export interface Bucket {
  readonly name: string;
  /** Host and port, as Mimir has them. */
  readonly endpoint: string;
  /** Plain HTTP. */
  readonly insecure: boolean;
  readonly region: string | undefined;
  /** Whether the bucket's name stands in the path or in the host name; undefined leaves it to the client. */
  readonly uriStyle: 'path' | 'host' | undefined;
  /** Certificates of the authorities that the store's own one is signed by, in PEM. */
  readonly caChain: readonly string[];
  /** Folder inside the bucket that was asked for; empty for none. */
  readonly path: string;
}

/** What a provider offers. */
export interface S3Offer {
  readonly bucket: Bucket;
  readonly credentials: Credentials;
}

/** What our leader writes into the app bag. A provider answers once it sees a bucket, and may give another. */
export function publish(bucket: string): Databag {
  return { bucket, ...publishUnit(), version: '1' };
}

/** What each unit writes into its own bag. */
export function publishUnit(): Databag {
  return { 'requested-secrets': JSON.stringify(Object.values(secretKeys)) };
}

/** Where Amazon keeps buckets, which a provider without an endpoint means. */
function amazon(region: string | undefined): string {
  return `https://s3.${region === undefined ? '' : `${region}.`}amazonaws.com`;
}

const endpoint = z.string().check(
  z.refine((text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
  }, 'not a URL such as https://s3.example.com'),
  z.refine((text) => (URL.parse(text)?.pathname ?? '/') === '/', 'has a path, which Mimir cannot use'),
);
const bucketName = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'not the name of a bucket, such as mimir'));
const regionName = z.string().check(z.regex(/^[A-Za-z0-9-]+$/, 'not a region, such as us-east-1'));
const nonEmpty = z.optional(z.string().check(z.minLength(1)));

/** Empty values are those of options that nobody set. */
const schema = () =>
  z.object({
    bucket: z.optional(bucketName),
    endpoint: z.optional(endpoint),
    region: z.optional(regionName),
    path: nonEmpty,
    's3-uri-style': z.optional(z.enum(['path', 'host'])),
    'tls-ca-chain': z.optional(jsonString(z.union([z.array(z.string()), jsonString(z.array(z.string()))]))),
    'access-key': nonEmpty,
    'secret-key': nonEmpty,
    'secret-extra': nonEmpty,
  });

/**
 * Reads the provider's app bag; undefined while it does not offer anything yet. Juju's charms write keys of options that
 * are not set as empty texts.
 */
export function read(bag: Databag): Result<S3Offer | undefined> {
  const set = Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== ''));
  const result = readAs(schema(), set);
  if (!result.ok) return result;
  const { bucket, region, ...offered } = result.value;
  const credentials = credentialsIn(offered);
  if (credentials === undefined) return { ok: true, value: undefined };
  if (bucket === undefined) return { ok: false, reason: 'bucket: there is none' };
  const url = new URL(offered.endpoint ?? amazon(region));
  const value: Bucket = {
    name: bucket,
    endpoint: url.host,
    insecure: url.protocol === 'http:',
    region,
    uriStyle: offered['s3-uri-style'],
    caChain: (offered['tls-ca-chain'] ?? []).map(toPem),
    path: offered.path ?? '',
  };
  return { ok: true, value: { bucket: value, credentials } };
}

/** The id of the secret that a provider of version 1 shares; undefined for others. */
export function secretIdIn(bag: Databag): string | undefined {
  return bag['secret-extra'] === '' ? undefined : bag['secret-extra'];
}

function credentialsIn(offered: {
  readonly 'access-key'?: string | undefined;
  readonly 'secret-key'?: string | undefined;
  readonly 'secret-extra'?: string | undefined;
}): Credentials | undefined {
  const { 'access-key': accessKey, 'secret-key': secretKey, 'secret-extra': secretId } = offered;
  if (secretId !== undefined) return { secretId };
  return accessKey === undefined || secretKey === undefined ? undefined : { accessKey, secretKey };
}

/** The interface says base64 for each certificate, and providers send PEM too. */
function toPem(text: string): string {
  return text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8');
}

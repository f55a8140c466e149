import type { Databag } from '../../../juju/index.ts';
import type { KeyPair } from './credentials.ts';
import type { Options } from './options.ts';

/** What there is to tell. */
export interface Offer {
  readonly options: Options;
  /** URL of the store itself. */
  readonly storeUrl: string;
  readonly keys: KeyPair;
  /** Secret with the keys, under the names that the interface has for them. */
  readonly secretId: string;
}

/** Every key that an answer may have: those of another generation are to go. */
const ownKeys = [
  ...['version', 'data', 'access-key', 'secret-key', 'secret-extra'],
  ...['endpoint', 'bucket', 'region', 'path', 's3-uri-style', 'tls-ca-chain'],
];

/** Whether an application asks for the keys in a secret: then it is to be granted. */
export function wantsSecret(request: Databag, { generation }: Options): boolean {
  return generation === 'v1' && (request['requested-secrets'] ?? '') !== '';
}

/**
 * The bucket to tell an application; undefined if there is none. Of one that asks for no secret, the library of
 * generation 1 takes no bucket: the library of generation 0 always asks for one, also where nobody meant it.
 */
export function bucketFor(request: Databag, options: Options): string | undefined {
  const heard = options.generation === 'v0' || wantsSecret(request, options);
  const bucket = options.bucket !== '' || !heard ? options.bucket : request['bucket'];
  return bucket === '' ? undefined : bucket;
}

/**
 * What the provider's app bag says to the request in an application's; empty values are keys that it must not have. The
 * library of generation 0 answers once it sees a bucket, that of generation 1 tells its version before.
 */
export function answerTo(request: Databag, offer: Offer): Databag {
  const { options } = offer;
  const version = options.generation === 'v1' ? { version: '1' } : {};
  const answer = isRequest(request) ? { ...version, ...connection(request, offer) } : version;
  return { ...Object.fromEntries(ownKeys.map((key) => [key, ''])), ...answer };
}

function isRequest(request: Databag): boolean {
  return ['bucket', 'requested-secrets'].some((key) => (request[key] ?? '') !== '');
}

function connection(request: Databag, offer: Offer): Databag {
  const { options, storeUrl } = offer;
  return {
    ...credentials(request, offer),
    endpoint: options.endpoint === '' ? storeUrl : options.endpoint,
    bucket: bucketFor(request, options) ?? '',
    region: options.region,
    path: options.path,
    's3-uri-style': options['s3-uri-style'],
    'tls-ca-chain': options['tls-ca-chain'],
  };
}

function credentials(request: Databag, { options, keys, secretId }: Offer): Databag {
  if (wantsSecret(request, options)) return { 'secret-extra': secretId };
  const plain = { 'access-key': keys.accessKey, 'secret-key': keys.secretKey.reveal() };
  // The library of generation 0 notes here what it last saw of the request.
  return options.generation === 'v0' ? { ...plain, data: JSON.stringify(request) } : plain;
}

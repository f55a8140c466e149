import * as z from 'zod/mini';
import type { S3Store } from './config/deployment.ts';
import { explainYaml } from './yaml.ts';

/** What the administrator wrote of a bucket, with its keys if they stand there too. */
export interface S3Option {
  readonly bucket: Pick<S3Store, 'endpoint' | 'bucket' | 'region' | 'insecure' | 'uriStyle'>;
  readonly keys: { readonly accessKey: string; readonly secretKey: string } | undefined;
}

const bareHost = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]*)(:\d{1,5})?$/;
const endpoint = z
  .string()
  .check(
    z.refine(
      (text) => endpointIn(text) !== undefined,
      'not a host and port, or a URL of them without a path',
    ),
  );
const bucketName = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'not the name of a bucket, such as mimir'));
const regionName = z.string().check(z.regex(/^[A-Za-z0-9-]+$/, 'not a region, such as us-east-1'));

/** Keys of Mimir's `common.storage.s3`; YAML is read with each scalar as its text. */
const keySchemas = () => ({
  endpoint,
  bucket_name: bucketName,
  region: z.optional(regionName),
  access_key_id: z.optional(z.string()),
  secret_access_key: z.optional(z.string()),
  insecure: z.optional(z.enum(['true', 'false'], 'not true or false')),
  bucket_lookup_type: z.optional(
    z.enum(['auto', 'path', 'virtual-hosted'], 'not auto, path or virtual-hosted'),
  ),
});
const schema = () => z.object(keySchemas());
const mappingSchema = () => z.record(z.string(), z.unknown());

/**
 * Parses a bucket as Mimir's `common.storage.s3` describes one in YAML. The endpoint may be a URL, too, whose scheme then
 * says what `insecure` would.
 *
 * @returns the bucket, or a sentence for the administrator that holds no value, since that may be a key.
 */
export function parseS3Option(text: string): S3Option | { readonly problem: string } {
  const parsed = explainYaml(text);
  if ('problem' in parsed) return { problem: `not YAML: ${parsed.problem}; correct it and set it again` };
  const mapping = mappingSchema().safeParse(parsed.value);
  if (!mapping.success)
    return { problem: 'not a mapping such as {endpoint: …, bucket_name: …}; to give a file, write s3=@FILE' };
  const keyNames = new Set(Object.keys(keySchemas()));
  const set = Object.entries(mapping.data).filter(([, value]) => value !== '' && value !== null);
  const stranger = set.find(([key]) => !keyNames.has(key));
  if (stranger !== undefined) return { problem: unknownKey(stranger[0], keyNames) };
  const read = schema().safeParse(Object.fromEntries(set));
  if (read.success) return toOption(read.data);
  const key = String(read.error.issues[0]?.path[0] ?? '');
  const isSet = set.some(([name]) => name === key);
  return { problem: isSet ? `${key}: ${read.error.issues[0]?.message ?? ''}` : `${key} is missing; add it` };
}

type Read = z.infer<ReturnType<typeof schema>>;

function toOption(read: Read): S3Option | { readonly problem: string } {
  const where = locate(read);
  if ('problem' in where) return where;
  const keys = keysIn(read);
  if (keys !== undefined && 'problem' in keys) return keys;
  const style = read.bucket_lookup_type;
  const uriStyle = style === undefined ? undefined : uriStyles[style];
  return { bucket: { ...where, bucket: read.bucket_name, region: read.region, uriStyle }, keys };
}

const uriStyles = { auto: undefined, path: 'path', 'virtual-hosted': 'host' } as const;

function locate(read: Read): Pick<S3Store, 'endpoint' | 'insecure'> | { readonly problem: string } {
  const { scheme, host } = endpointIn(read.endpoint) ?? { scheme: undefined, host: read.endpoint };
  const plain = scheme === undefined ? undefined : scheme === 'http';
  const insecure = read.insecure === undefined ? plain : read.insecure === 'true';
  if (plain !== undefined && plain !== insecure)
    return { problem: `insecure contradicts the ${scheme ?? ''}:// of endpoint; leave one of them out` };
  return { endpoint: host, insecure: insecure ?? false };
}

function keysIn({
  access_key_id: accessKey,
  secret_access_key: secretKey,
}: Read): S3Option['keys'] | { readonly problem: string } {
  if (accessKey !== undefined && secretKey !== undefined) return { accessKey, secretKey };
  if (accessKey === undefined && secretKey === undefined) return undefined;
  const missing = accessKey === undefined ? 'access_key_id' : 'secret_access_key';
  return { problem: `${missing} is missing; add it, or take the other key out as well` };
}

function endpointIn(
  text: string,
): { readonly scheme: 'http' | 'https' | undefined; readonly host: string } | undefined {
  if (!text.includes('://')) return bareHost.test(text) ? { scheme: undefined, host: text } : undefined;
  const url = URL.parse(text);
  if (url === null || !bareHost.test(url.host) || url.href !== `${url.protocol}//${url.host}/`)
    return undefined;
  if (url.protocol === 'http:') return { scheme: 'http', host: url.host };
  return url.protocol === 'https:' ? { scheme: 'https', host: url.host } : undefined;
}

/** Only what looks like one of Mimir's own keys is named: someone may have written a secret where a key belongs. */
function unknownKey(name: string, names: ReadonlySet<string>): string {
  const shown = /^[a-z][a-z0-9_]{1,30}$/.test(name) ? name : 'something';
  return `${shown} is none of the keys that can be set: ${[...names].join(', ')}`;
}

import { secretKeys } from '../interfaces/s3.ts';
import { isSecretUri, Redacted } from '../juju/index.ts';
import type { S3Store } from '../mimir/config/deployment.ts';
import { parseS3Option } from '../mimir/s3-option.ts';
import { type OptionName, optionText } from './declared.ts';
import { briefly, type Problem } from './problem.ts';
import type { Snapshot } from './snapshot.ts';

type Options = Pick<Snapshot, 'options'>;
type KeyPair = Pick<S3Store, 'accessKey' | 'secretKey'>;

/** Tells whether the option `s3` names a bucket. */
export function isBucketSet({ options }: Options): boolean {
  return optionText(options, 's3').trim() !== '';
}

/** The id of the secret that the option `s3_credentials` names; undefined if it is not set, or names none. */
export function credentialsSecretId({ options }: Options): string | undefined {
  const id = optionText(options, 's3_credentials').trim();
  return isSecretUri(id) ? id : undefined;
}

/** Reads the bucket that the option `s3` names, with keys of its own or those of the secret in `s3_credentials`. */
export function interpretS3Option(
  snapshot: Snapshot,
): { readonly store: S3Store } | { readonly problem: Problem } {
  const parsed = parseS3Option(optionText(snapshot.options, 's3'));
  if ('problem' in parsed) return blocked('s3', parsed.problem);
  const keys = interpretKeys(snapshot, parsed.keys);
  if ('problem' in keys) return keys;
  return { store: { kind: 's3', ...parsed.bucket, ...keys, ownCa: false } };
}

/** A word about `s3_credentials` where no bucket of the option `s3` needs them. */
export function unusedCredentials({ options }: Options): readonly Problem[] {
  if (isBucketSet({ options }) || optionText(options, 's3_credentials').trim() === '') return [];
  const message = 'Nothing uses it: it holds the keys of the bucket that the option s3 names.';
  return [{ status: 'active', source: 's3_credentials', message }];
}

function interpretKeys(
  { options, s3OptionSecret: secret, identity: { application } }: Snapshot,
  inOption: { readonly accessKey: string; readonly secretKey: string } | undefined,
): KeyPair | { readonly problem: Problem } {
  const isNamed = optionText(options, 's3_credentials').trim() !== '';
  if (inOption !== undefined) {
    if (isNamed) return blocked('s3_credentials', 'The option s3 holds keys as well; take them out there');
    return { accessKey: new Redacted(inOption.accessKey), secretKey: new Redacted(inOption.secretKey) };
  }
  if (!isNamed) return blocked('s3', withoutKeys);
  const id = credentialsSecretId({ options });
  if (id === undefined)
    return blocked('s3_credentials', 'Not the URI of a secret; juju add-secret prints it');
  if (secret === undefined) {
    const grant = `juju grant-secret ${id} ${application}`;
    return blocked('s3_credentials', `The secret cannot be read: there is none, or it needs ${grant}`);
  }
  const { [secretKeys.accessKey]: accessKey, [secretKeys.secretKey]: secretKey } = secret;
  if (isText(accessKey) && isText(secretKey)) return { accessKey, secretKey };
  const update = `juju update-secret ${id} ${secretKeys.accessKey}=… ${secretKeys.secretKey}=…`;
  return blocked('s3_credentials', `The secret does not hold both keys; write them with ${update}`);
}

function isText(value: Redacted | undefined): value is Redacted {
  return value !== undefined && value.reveal() !== '';
}

const withoutKeys =
  'There are no keys for the bucket; add access_key_id and secret_access_key, or set s3_credentials to a secret of them';

function blocked(source: OptionName, words: string): { readonly problem: Problem } {
  return { problem: { status: 'blocked', source, message: `${briefly(words)}.` } };
}

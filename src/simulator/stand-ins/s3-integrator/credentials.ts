import { randomBytes } from 'node:crypto';
import { Redacted, type HookTools, type SecretValues } from '../../../juju/index.ts';

/** The keys of the store's user. */
export interface KeyPair {
  readonly accessKey: string;
  readonly secretKey: Redacted;
}

/** The keys, and the secret that they are kept in. */
export interface StoredKeys {
  readonly id: string;
  readonly keys: KeyPair;
}

type SecretHookTools = Pick<HookTools, 'secretInfo' | 'secretGet' | 'secretAdd' | 'secretSet'>;

/** The owner's name for the secret. */
const label = 'credentials';

/** Makes a pair of keys at random, in the form that Amazon's have. */
export function newKeys(): KeyPair {
  const accessKey = randomBytes(15).toString('base64').replace(/[+/]/g, 'x').toUpperCase();
  return { accessKey, secretKey: new Redacted(randomBytes(30).toString('base64url')) };
}

/**
 * The store's keys, kept in a secret of the application, which outlives its pods: the ones that are `wanted`, else those
 * of before, else new ones. Only the leader may ask.
 */
export async function ensureKeys(wanted: KeyPair | undefined, tools: SecretHookTools): Promise<StoredKeys> {
  const before = await readKeys(tools);
  if (before === undefined) {
    const keys = wanted ?? newKeys();
    return { id: await tools.secretAdd({ owner: 'application', label, values: secretOf(keys) }), keys };
  }
  if (wanted === undefined || areEqual(wanted, before.keys)) return before;
  await keepKeys(before.id, wanted, tools);
  return { id: before.id, keys: wanted };
}

/** Keeps other keys in the secret, as a new revision. */
export async function keepKeys(id: string, keys: KeyPair, tools: SecretHookTools): Promise<void> {
  await tools.secretSet(id, { values: secretOf(keys) });
}

async function readKeys(tools: SecretHookTools): Promise<StoredKeys | undefined> {
  const info = await tools.secretInfo({ label });
  if (info === undefined) return undefined;
  // The owner too is given the revision that it read last, unless it asks for the latest.
  const content = await tools.secretGet({ id: info.id, revision: 'peek' });
  const { 'access-key': accessKey, 'secret-key': secretKey } = content ?? {};
  if (accessKey === undefined || secretKey === undefined)
    throw new Error(`cannot read the keys: secret ${info.id} has none`);
  return { id: info.id, keys: { accessKey: accessKey.reveal(), secretKey } };
}

function areEqual(one: KeyPair, other: KeyPair): boolean {
  return one.accessKey === other.accessKey && one.secretKey.reveal() === other.secretKey.reveal();
}

/** The keys of the interface `s3`, so that the secret can be shared as it is. */
function secretOf({ accessKey, secretKey }: KeyPair): SecretValues {
  return { 'access-key': new Redacted(accessKey), 'secret-key': secretKey };
}

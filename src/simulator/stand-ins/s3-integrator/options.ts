import { z } from 'zod';
import { Redacted } from '../../../juju/index.ts';
import type { KeyPair } from './credentials.ts';

/** Generation of the interface `s3`: the keys in the databag, or in a secret. */
export const generation = z.enum(['v0', 'v1']);

/** MinIO takes no shorter ones, and no blanks; empty is not set. */
const key = (characters: number) =>
  z.union([z.literal(''), z.string().regex(/^\S*$/, 'has a blank').min(characters)]);

/** The charm's options. */
export const options = z
  .object({
    generation,
    bucket: z.string().default(''),
    'make-buckets': z.boolean(),
    path: z.string().default(''),
    region: z.string().default(''),
    's3-uri-style': z.enum(['', 'path', 'host']).default(''),
    endpoint: z.string().default(''),
    'tls-ca-chain': z.string().default(''),
    'access-key': key(3).default(''),
    'secret-key': key(8).default(''),
  })
  .refine((set) => (set['access-key'] === '') === (set['secret-key'] === ''), {
    path: ['access-key'],
    message: 'goes with secret-key: set both or none',
  });

/** The charm's options as they are set. */
export type Options = Readonly<z.infer<typeof options>>;

/** The keys that the options say; undefined if they leave them to the charm. */
export function keysOf({ 'access-key': accessKey, 'secret-key': secretKey }: Options): KeyPair | undefined {
  return accessKey === '' ? undefined : { accessKey, secretKey: new Redacted(secretKey) };
}

import { Client, S3Error } from 'minio';
import { z } from 'zod';
import type { KeyPair } from './credentials.ts';
import { storePort } from './store.ts';

/** Objects of a bucket, counted. */
export interface ObjectCount {
  readonly objects: number;
  readonly bytes: number;
  /** The first names, in S3's order. */
  readonly names: readonly string[];
}

/** What the charm asks of the store in its pod. */
export interface ObjectStore {
  /** Whether it runs and takes the keys. */
  answers(): Promise<boolean>;
  /** Makes a bucket, unless there is one. Throws a {@link StoreRefusal}. */
  makeBucket(name: string): Promise<void>;
  /** Counts the objects whose names begin with `prefix`. Throws a {@link StoreRefusal}. */
  count(bucket: string, prefix: string): Promise<ObjectCount>;
}

/** The store did not do what it was asked for, or could not be asked. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal';
}

const shownNames = 100;
const listed = z.object({ name: z.string(), size: z.number() });
/** What the store says of a bucket of ours that was there before. */
const alreadyThere = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'];

/** Makes a client of the store in this pod. */
export function connectToStore({ accessKey, secretKey }: KeyPair): ObjectStore {
  const client = new Client({
    endPoint: '127.0.0.1',
    port: storePort,
    useSSL: false,
    accessKey,
    secretKey: secretKey.reveal(),
    // Else the client would ask for the region of each bucket first.
    region: 'us-east-1',
    retryOptions: { disableRetry: true },
  });
  return {
    answers: () =>
      client.listBuckets().then(
        () => true,
        () => false,
      ),
    makeBucket: async (name) => {
      try {
        await client.makeBucket(name);
      } catch (cause) {
        if (cause instanceof S3Error && alreadyThere.includes(cause.code ?? '')) return;
        throw refusal(cause);
      }
    },
    count: async (bucket, prefix) => {
      try {
        return await countListed(client.listObjectsV2(bucket, prefix, true));
      } catch (cause) {
        throw refusal(cause);
      }
    },
  };
}

async function countListed(items: AsyncIterable<unknown>): Promise<ObjectCount> {
  const names: string[] = [];
  let [objects, bytes] = [0, 0];
  for await (const item of items) {
    const { name, size } = listed.parse(item);
    objects += 1;
    bytes += size;
    if (names.length < shownNames) names.push(name);
  }
  return { objects, bytes, names };
}

function refusal(cause: unknown): StoreRefusal {
  return new StoreRefusal(cause instanceof Error ? cause.message : String(cause), { cause });
}

import * as z from 'zod/mini';
import { parseDuration } from './duration.ts';
import { readAs, type SendRequest } from './request.ts';

const schema = z.object({ data: z.array(z.string()) });

/**
 * Asks Mimir whether any series has samples that are older than `age`, in milliseconds, long-term storage included.
 *
 * @throws MimirApiError
 */
export async function hasSamplesOlderThan(send: SendRequest, age: number): Promise<boolean> {
  const path = `/prometheus/api/v1/labels?start=0&end=${(Date.now() - age) / 1000}`;
  const { data } = await readAs(send, path, { schema, parse: JSON.parse });
  return data.length > 0;
}

/** How long Mimir with this configuration keeps blocks on its own disk, in milliseconds; undefined if it does not say. */
export function blocksRetentionIn(config: string | undefined): number | undefined {
  const text = /^ {4}retention_period: (\S+)$/m.exec(config ?? '')?.[1];
  return text === undefined ? undefined : parseDuration(text);
}

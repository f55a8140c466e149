import { z } from 'zod';
import type { HookTools } from '../../../juju/index.ts';
import { remoteAppBag } from '../run-dispatch.ts';

/** The endpoint of this charm. */
export const endpoint = 'send-otlp';

const published = z.array(
  z.object({ protocol: z.string(), endpoint: z.string(), telemetries: z.array(z.string()) }),
);

/**
 * Where each of these relations takes metrics over HTTP, without the path that an exporter adds. The library takes the
 * first endpoint that it can use; a receiver that published none, or nothing that can be read, counts for nothing.
 */
export async function readBaseUrls(relations: readonly number[], tools: HookTools): Promise<string[]> {
  const urls: string[] = [];
  for (const id of relations) {
    const bag = await remoteAppBag(id, tools);
    const usable = read(bag?.['endpoints']).find(
      ({ protocol, telemetries }) => protocol === 'http' && telemetries.includes('metrics'),
    );
    if (usable !== undefined) urls.push(usable.endpoint);
  }
  return [...new Set(urls)].sort();
}

function read(text = '[]'): z.infer<typeof published> {
  try {
    return published.safeParse(JSON.parse(text)).data ?? [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

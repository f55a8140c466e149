import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { baseUrl } from './plain-url.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The keys of the provider's databag, which is the Alertmanager; we write nothing. */
export const keys = { providerUnit: ['url', 'public_address', 'scheme'] } as const;

const alertmanagerUrl = baseUrl('http://alertmanager:9093', (url) =>
  /\/api\/v\d+(\/|$)/.test(url) ? 'a URL of the API, where its base URL is expected' : undefined,
);

/** The second schema has `url`; the first has the two others, which the second still writes. */
const schema = z.object({
  url: z.optional(z.string()),
  public_address: z.optional(z.string()),
  scheme: z._default(z.string(), 'http'),
});
const urlSchema = z.object({ url: alertmanagerUrl });

/**
 * Reads the URL from a unit bag of the Alertmanager, with any path of an ingress and without a slash at its end; undefined if the unit has
 * not written it yet. Behind an ingress all units have the same.
 */
export function read(bag: Databag): Result<string | undefined> {
  const written = readAs(schema, bag);
  if (!written.ok) return written;
  const { url, public_address: address, scheme } = written.value;
  if (url === undefined && address === undefined) return { ok: true, value: undefined };
  const result = readAs(urlSchema, { url: url ?? `${scheme}://${address ?? ''}` });
  return result.ok ? { ok: true, value: result.value.url } : result;
}

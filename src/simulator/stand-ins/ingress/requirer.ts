import * as z from 'zod/mini';
import { jsonString } from '../../../interfaces/json-string.ts';
import type { Databag } from '../../../juju/index.ts';

/** The application bag of a requirer (interface ingress v2). */
export const requirerApp = z.object({
  model: jsonString(z.string().check(z.minLength(1))),
  name: jsonString(z.string().check(z.minLength(1))),
  port: jsonString(z.int().check(z.gte(1), z.lte(65_534))),
  'strip-prefix': z._default(jsonString(z.boolean()), false),
  scheme: z._default(jsonString(z.enum(['http', 'https'])), 'http'),
  healthcheck_params: z._default(jsonString(z.nullable(z.object({ path: z.string() }))), null),
});

/** A unit bag of a requirer. */
export const requirerUnit = z.object({ host: jsonString(z.string().check(z.minLength(1))) });

/** What the ingress publishes in its application bag; undefined for no URL yet. */
export function publishUrl(url: string | undefined): Databag {
  return { ingress: url === undefined ? '' : JSON.stringify({ url }) };
}

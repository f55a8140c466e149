import { z } from 'zod';
import type { Databag } from '../../../juju/index.ts';

/** A text of JSON, whose value is then parsed by `schema`. */
function json<T extends z.ZodType>(schema: T) {
  const parsed = z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('is not JSON');
      return z.NEVER;
    }
  });
  return parsed.pipe(schema);
}

/** The application bag of a requirer (interface ingress v2). */
export const requirerApp = z.object({
  model: json(z.string().min(1)),
  name: json(z.string().min(1)),
  port: json(z.int().min(1).max(65_534)),
  'strip-prefix': json(z.boolean()).default(false),
  scheme: json(z.enum(['http', 'https'])).default('http'),
  healthcheck_params: json(z.object({ path: z.string() }).nullable()).default(null),
});

/** A unit bag of a requirer. */
export const requirerUnit = z.object({ host: json(z.string().min(1)) });

/** What the ingress publishes in its application bag; undefined for no URL yet. */
export function publishUrl(url: string | undefined): Databag {
  return { ingress: url === undefined ? '' : JSON.stringify({ url }) };
}

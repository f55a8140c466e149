import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import { baseUrl } from './plain-url.ts';
import type { PublishedRules } from './prometheus-scrape.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';
import { publishTopology, type PublishedTopology } from './topology.ts';

/** The keys of each databag; in our own, the ones that we own. The provider is Loki, the requirer has logs. */
export const keys = {
  providerApp: ['event'],
  providerUnit: ['endpoint'],
  requirerApp: ['metadata', 'alert_rules'],
} as const;

const unitSchema = () =>
  z.object({
    endpoint: z.optional(jsonString(z.object({ url: baseUrl('http://loki:3100/loki/api/v1/push') }))),
  });

const eventSchema = () =>
  z.object({ event: z.optional(jsonString(z.object({ errors: z.nullish(z.string()) }))) });

/** Reads the URL that a unit of Loki takes logs at; undefined while it has not said. */
export function readEndpoint({ endpoint }: Databag): Result<string | undefined> {
  const result = readAs(unitSchema(), endpoint === undefined || endpoint === '' ? {} : { endpoint });
  return result.ok ? { ok: true, value: result.value.endpoint?.url } : result;
}

/** Reads what Loki has found wrong with our rules; undefined for nothing, and for what it says in other words. */
export function readErrors({ event }: Databag): string | undefined {
  const result = readAs(eventSchema(), event === undefined || event === '' ? {} : { event });
  const errors = result.ok ? (result.value.event?.errors ?? '') : '';
  return errors === '' ? undefined : errors;
}

/** What our leader publishes in the app bag: whose logs they are, and rules in LogQL with all labels and matchers. */
export function publish(topology: PublishedTopology, rules: PublishedRules): Databag {
  return { metadata: publishTopology(topology), alert_rules: JSON.stringify(rules) };
}

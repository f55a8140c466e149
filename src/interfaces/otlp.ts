import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import type { JsonObject, SenderRules } from './prometheus-remote-write.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';
import { unpackXz } from './xz.ts';

/**
 * The keys of each databag; in our own bags, the ones that we own. The provider receives telemetry, the requirer is the
 * sender. Its `metadata` says which application it is: we know it by the relation, and its rules by their labels.
 */
export const keys = {
  providerApp: ['endpoints', 'event'],
  requirerApp: ['rules', 'metadata'],
} as const;

const endpointSchema = z.object({
  protocol: z.string(),
  endpoint: z.string(),
  telemetries: z.array(z.string()),
});

/** One way by which a receiver takes telemetry. */
export type OtlpEndpoint = Readonly<z.infer<typeof endpointSchema>>;

const providerSchema = z.object({ endpoints: z.optional(jsonString(z.array(endpointSchema))) });

const rulesSchema = z.object({
  rules: jsonString(z.nullable(z.union([z.string(), z.record(z.string(), z.unknown())]))),
});

const groupsSchema = z.object({ groups: z.nullish(z.array(z.record(z.string(), z.unknown()))) });
const bundleSchema = z.object({ rules: jsonString(z.object({ promql: z.nullish(groupsSchema) })) });

/**
 * What our leader publishes in the app bag: Mimir takes OTLP over HTTP only, and metrics only. `url` is what the sender's
 * exporter puts `/v1/metrics` behind. As in the libraries, `insecure` is about certificates that are not to be checked.
 */
export function publish(url: string): Databag {
  const endpoint = { protocol: 'http', endpoint: url, telemetries: ['metrics'], insecure: false };
  return { endpoints: JSON.stringify([endpoint]) };
}

/** What our leader publishes in the app bag: why the sender's rules were refused, or that nothing was wrong. */
export function publishEvent(errors?: string): Databag {
  return { event: JSON.stringify(errors === undefined ? {} : { errors }) };
}

/**
 * Unpacks the text of a sender's key `rules` into a bundle, the JSON of rules by their query language, for
 * {@link readBundle}; an empty text if there are none. The library compresses them, and takes a plain object too.
 *
 * @param mostBytes - a larger bundle is not unpacked.
 */
export async function unpackRules(text: string, mostBytes: number): Promise<Result<string>> {
  if (text === '') return { ok: true, value: '' };
  const read = readAs(rulesSchema, { rules: text });
  if (!read.ok) return read;
  const { rules } = read.value;
  if (rules === null || rules === '') return { ok: true, value: '' };
  if (typeof rules !== 'string') return { ok: true, value: text };
  const unpacked = await unpackXz(Buffer.from(rules, 'base64'), mostBytes);
  return unpacked.ok ? unpacked : { ok: false, reason: `rules: ${unpacked.reason}` };
}

/** Reads the rules of a bundle that are for Mimir; those in LogQL are for Loki. */
export function readBundle(text: string): Result<SenderRules> {
  if (text === '') return { ok: true, value: { groups: [] } };
  const read = readAs(bundleSchema, { rules: text });
  return read.ok ? { ok: true, value: { groups: read.value.rules.promql?.groups ?? [] } } : read;
}

/** The sender's side: the bundle of these groups, which is then compressed. */
export function bundleOf(groups: readonly JsonObject[]): string {
  return JSON.stringify({ logql: {}, promql: groups.length === 0 ? {} : { groups } });
}

/** The sender's side: what its leader publishes in its app bag, given the compressed bundle. */
export function publishRules(packed: Uint8Array, metadata: Readonly<Record<string, string>>): Databag {
  return {
    rules: JSON.stringify(Buffer.from(packed).toString('base64')),
    metadata: JSON.stringify(metadata),
  };
}

/** The sender's side: reads the ways by which a receiver takes telemetry; none if it has not said yet. */
export function readEndpoints(bag: Databag): Result<readonly OtlpEndpoint[]> {
  const result = readAs(providerSchema, bag);
  return result.ok ? { ok: true, value: result.value.endpoints ?? [] } : result;
}

import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The keys of each databag; in our own bags, the ones that we own. The provider receives samples, the requirer is the sender. */
export const keys = {
  providerApp: ['event'],
  providerUnit: ['remote_write'],
  requirerApp: ['alert_rules'],
} as const;

/** An object of JSON that another application wrote. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a sender asks of us. */
export interface SenderRules {
  /** Rule groups with alerting and recording rules, not yet checked. */
  readonly groups: readonly JsonObject[];
}

const senderSchema = z.object({
  alert_rules: z.optional(
    jsonString(z.nullable(z.object({ groups: z.nullish(z.array(z.record(z.string(), z.unknown()))) }))),
  ),
});

const urlSchema = z.object({
  remote_write: z.optional(jsonString(z.object({ url: z.url({ protocol: /^https?$/ }) }))),
});

/** Reads the sender's app bag. A sender without rules writes `{}` or nothing. */
export function read(bag: Databag): Result<SenderRules> {
  const result = readAs(senderSchema, bag);
  return result.ok ? { ok: true, value: { groups: result.value.alert_rules?.groups ?? [] } } : result;
}

/**
 * What each unit of ours publishes in its unit bag. A sender writes every sample to every distinct URL, so all units of one
 * cluster publish the same one.
 */
export function publish(url: string): Databag {
  return { remote_write: JSON.stringify({ url }) };
}

/** What our leader publishes in the app bag: why the sender's rules were refused, or that nothing was wrong. */
export function publishEvent(errors?: string): Databag {
  return { event: JSON.stringify(errors === undefined ? {} : { errors }) };
}

/** The sender's side: what its leader publishes in its app bag. */
export function publishRules({ groups }: SenderRules): Databag {
  return { alert_rules: JSON.stringify(groups.length === 0 ? {} : { groups }) };
}

/** The sender's side: reads the URL from a unit bag of the receiver; undefined if the unit has not written it yet. */
export function readUrl(bag: Databag): Result<string | undefined> {
  const result = readAs(urlSchema, bag);
  return result.ok ? { ok: true, value: result.value.remote_write?.url } : result;
}

import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import { baseUrl } from './plain-url.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/**
 * The keys of each side's app bag: the requirer, which has traces to send, asks for receivers by their protocols, and the
 * provider says where it has receivers, whoever asked for them (tempo_coordinator_k8s: `tracing` v2, library 0.11).
 */
export const keys = { requirerApp: ['receivers'], providerApp: ['receivers'] } as const;

/** The protocol of ours among those of the interface: OpenTelemetry's own, over HTTP. */
export const protocol = 'otlp_http';

/** A receiver of traces, as the provider tells of it; only those over HTTP have a scheme in their `url`, and no path. */
export interface Receiver {
  readonly protocol: { readonly name: string; readonly type: string };
  readonly url: string;
}

/** What our leader publishes. */
export function publish(): Databag {
  return { receivers: JSON.stringify([protocol]) };
}

/** Where traces are taken by OTLP over HTTP. */
export interface Answer {
  /** What `/v1/traces` comes behind; undefined if there are receivers of other protocols only. */
  readonly url: string | undefined;
}

/** Reads the provider's app bag; undefined as long as it has not answered. */
export function read(bag: Databag): Result<Answer | undefined> {
  const found = readAs(provider(), bag);
  if (!found.ok) return found;
  const { receivers } = found.value;
  if (receivers === undefined) return { ok: true, value: undefined };
  const ours = receivers.find(({ protocol: { name } }) => name === protocol);
  if (ours === undefined) return { ok: true, value: { url: undefined } };
  const told = readAs(url(), ours.url);
  return told.ok ? { ok: true, value: { url: told.value } } : told;
}

/** For the provider: the protocols that a requirer, whose app bag this is, asks for. */
export function readRequest(bag: Databag): Result<readonly string[]> {
  const found = readAs(requirer(), bag);
  return found.ok ? { ok: true, value: found.value.receivers ?? [] } : found;
}

/** For the provider: what its leader writes into its app bag. */
export function publishReceivers(receivers: readonly Receiver[]): Databag {
  return { receivers: JSON.stringify(receivers) };
}

const provider = () =>
  z.object({
    receivers: z.optional(
      jsonString(z.array(z.object({ protocol: z.object({ name: z.string() }), url: z.unknown() }))),
    ),
  });
const url = () => baseUrl('http://tempo:4318');
const requirer = () => z.object({ receivers: z.optional(jsonString(z.array(z.string()))) });

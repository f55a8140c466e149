import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/**
 * The keys of each side (charm library `tls_certificates` v4, interface version 1). We are a requirer in unit mode: each
 * unit has a key of its own. In app mode the request would stand in the app bag.
 */
export const keys = {
  requirerUnit: ['certificate_signing_requests'],
  providerApp: ['certificates', 'request_errors', 'capabilities'],
} as const;

/** A certificate and the way from it to its authority; each in PEM. */
export interface Issued {
  readonly ca: string;
  readonly certificate: string;
  /** In the provider's order: current libraries have our own first and the root last, older ones the other way. */
  readonly chain: readonly string[];
}

/** Why a provider does not sign. */
export interface RequestError {
  /** 101 to 103: a name that it may not certify; 201: its server does not answer; 999: other. */
  readonly code: number;
  /** Such as `domain_not_allowed`. */
  readonly name: string;
  readonly message: string;
  readonly reason: string | undefined;
}

/** What became of a request. */
export type Outcome =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'issued' } & Issued)
  | { readonly kind: 'revoked' }
  | { readonly kind: 'refused'; readonly error: RequestError };

/** A certificate as the provider tells it, of whoever's request. */
export interface IssuedTo extends Issued {
  readonly request: string;
  readonly revoked: boolean;
}

/** Everything that a provider tells all requirers of a relation. */
export interface Answers {
  readonly certificates: readonly IssuedTo[];
  readonly errors: readonly { readonly request: string; readonly error: RequestError }[];
}

/** Who provides certificates, which a requirer may take as a hint. */
const capabilities = { supports_ip_sans: true, provider_type: 'self-signed' } as const;

/** What a unit writes into its own bag: its request, in PEM, for no certificate of an authority. */
export function publish(request: string): Databag {
  const entry = { certificate_signing_request: request.trim(), ca: false };
  return { certificate_signing_requests: JSON.stringify([entry]) };
}

/**
 * Reads in the provider's app bag what became of `request`, in PEM. A certificate goes before an error: the provider has
 * thought better of it. Entries of other requests are not ours to judge, however they look.
 */
export function read(bag: Databag, request: string): Result<Outcome> {
  const wanted = request.trim();
  const certificates = entriesFor(wanted, bag, { key: 'certificates', schema: certificate() });
  if (!certificates.ok) return certificates;
  const usable = certificates.value.find(({ revoked }) => !revoked);
  if (usable !== undefined) {
    return { ok: true, value: { kind: 'issued', ...issuedIn(usable) } };
  }
  if (certificates.value.length > 0) return { ok: true, value: { kind: 'revoked' } };
  const errors = entriesFor(wanted, bag, { key: 'request_errors', schema: requestError() });
  if (!errors.ok) return errors;
  const [refusal] = errors.value;
  return {
    ok: true,
    value: refusal === undefined ? { kind: 'none' } : { kind: 'refused', error: refusal.error },
  };
}

/** For the provider: the requests in a unit's bag, in PEM, without those for certificates of authorities. */
export function readRequests(bag: Databag): Result<readonly string[]> {
  const { certificate_signing_requests: text = '[]' } = bag;
  const result = readAs(jsonString(z.array(wantedRequest())), text);
  if (!result.ok) return { ok: false, reason: `certificate_signing_requests: ${result.reason}` };
  const requests = result.value.filter(({ ca }) => ca !== true);
  return { ok: true, value: requests.map((each) => each.certificate_signing_request.trim()) };
}

/** For the provider: what it has told, which its own bag keeps for it. */
export function readAnswers(bag: Databag): Result<Answers> {
  const lists = z.object({
    certificates: z.optional(jsonString(z.array(z.intersection(certificate(), whose())))),
    request_errors: z.optional(jsonString(z.array(z.intersection(requestError(), whose())))),
  });
  const result = readAs(lists, bag);
  if (!result.ok) return result;
  const { certificates = [], request_errors: errors = [] } = result.value;
  const value = {
    certificates: certificates.map(({ revoked, ...each }) => ({
      ...issuedIn(each),
      request: requestOf(each),
      revoked: revoked === true,
    })),
    errors: errors.map((each) => ({ request: requestOf(each), error: each.error })),
  };
  return { ok: true, value };
}

/** For the provider: what its leader writes into its app bag; an empty value is a key that it must not have. */
export function publishAnswers({ certificates, errors }: Answers): Databag {
  const issued = certificates.map(({ request, revoked, ca, certificate: own, chain }) => ({
    ca: ca.trim(),
    certificate_signing_request: request.trim(),
    certificate: own.trim(),
    chain: chain.map((each) => each.trim()),
    ...(revoked && { revoked }),
  }));
  const refused = errors.map(({ request, error }) => ({ csr: request.trim(), error }));
  return {
    certificates: listOrNone(issued),
    request_errors: listOrNone(refused),
    capabilities: JSON.stringify(capabilities),
  };
}

const pem = () =>
  z.string().check(z.trim(), z.startsWith('-----BEGIN CERTIFICATE-----', 'not a certificate in PEM'));
const wantedRequest = () => z.object({ certificate_signing_request: z.string(), ca: z.nullish(z.boolean()) });
const certificate = () =>
  z.object({
    ca: pem(),
    certificate: pem(),
    chain: z.nullish(z.array(pem())),
    revoked: z.nullish(z.boolean()),
  });
const requestError = () =>
  z.object({
    error: z.object({
      code: z.int(),
      name: z.string(),
      message: z.string(),
      reason: z.pipe(
        z.nullish(z.string()),
        z.transform((text) => text ?? undefined),
      ),
    }),
  });

/** The library's README says the longer name, its code the shorter. */
const whose = () =>
  z.object({ csr: z.optional(z.string()), certificate_signing_request: z.optional(z.string()) });

interface List<T> {
  readonly key: (typeof keys.providerApp)[number];
  readonly schema: z.ZodMiniType<T>;
}

/** The entries of one request in a list of a bag; those of others may be anything. */
function entriesFor<T>(request: string, bag: Databag, { key, schema }: List<T>): Result<readonly T[]> {
  const list = readAs(jsonString(z.array(z.unknown())), bag[key] ?? '[]');
  if (!list.ok) return { ok: false, reason: `${key}: ${list.reason}` };
  const ours = list.value.filter((entry) => isFor(request, entry));
  const entries = readAs(z.array(schema), ours);
  return entries.ok ? entries : { ok: false, reason: `${key}: ${entries.reason}` };
}

function isFor(request: string, entry: unknown): boolean {
  const parsed = whose().safeParse(entry);
  return parsed.success && requestOf(parsed.data) === request;
}

function requestOf({ csr, certificate_signing_request: long }: z.infer<ReturnType<typeof whose>>): string {
  return (long ?? csr ?? '').trim();
}

function issuedIn({ ca, certificate: own, chain }: z.infer<ReturnType<typeof certificate>>): Issued {
  return { ca, certificate: own, chain: chain ?? [] };
}

function listOrNone(entries: readonly unknown[]): string {
  return entries.length === 0 ? '' : JSON.stringify(entries);
}

import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/**
 * The keys of each side (charmlibs `certificate_transfer` 1.0). A provider speaks version 0, in its unit bags, until it
 * sees our version in our app bag.
 */
export const keys = {
  requirerApp: ['version'],
  providerApp: ['certificates', 'version'],
  providerUnit: ['ca', 'certificate', 'chain', 'version'],
} as const;

/** The bags of a provider; units in any order. */
export interface ProviderBags {
  readonly app: Databag;
  readonly units: readonly Databag[];
}

/** What an authority is known by, as version 0 has it: each in PEM. */
export interface Transfer {
  readonly ca: string;
  readonly certificate: string;
  readonly chain: readonly string[];
}

/** What our leader writes into the app bag. */
export function publish(): Databag {
  return { version: '1' };
}

/**
 * Reads the certificates that a provider would have us trust, in PEM, each once and sorted, since Juju and the library
 * keep no order. What its units say in version 0 counts only until its leader speaks version 1, as for the library: a
 * provider leaves it there when it learns of version 1, and would have us trust for ever what it has replaced since.
 * Whether the certificates parse is not looked at (see src/x509).
 */
export function read({ app, units }: ProviderBags): Result<readonly string[]> {
  const leader = readAs(version1(), app);
  if (!leader.ok) return leader;
  if (leader.value.length > 0 || app['version'] === '1') return sorted(leader.value);
  const results = units.map((bag) => readAs(version0(), bag));
  const reasons = results.flatMap((result) => (result.ok ? [] : [result.reason]));
  if (reasons.length > 0) return { ok: false, reason: [...new Set(reasons)].toSorted().join('; ') };
  return sorted(results.flatMap((result) => (result.ok ? result.value : [])));
}

/** For the provider: whether the requirer, whose app bag this is, understands version 1. */
export function understandsVersion1(bag: Databag): boolean {
  return bag['version'] === '1';
}

/** For the provider: what its leader writes into its app bag, for a requirer that understands version 1. */
export function publishVersion1(certificates: readonly string[]): Databag {
  return { certificates: JSON.stringify(certificates.map((each) => each.trim())), version: '1' };
}

/** For the provider: what a unit writes into its own bag, for a requirer that says no version. */
export function publishVersion0({ ca, certificate, chain }: Transfer): Databag {
  return {
    ca: JSON.stringify(ca.trim()),
    certificate: JSON.stringify(certificate.trim()),
    chain: JSON.stringify(chain.map((each) => each.trim())),
    version: '0',
  };
}

const begin = '-----BEGIN CERTIFICATE-----';
const pem = () => z.string().check(z.trim(), z.startsWith(begin, 'not PEM'));

const version1 = () =>
  z.pipe(
    z.object({ certificates: z.optional(jsonString(z.array(pem()))) }),
    z.transform(({ certificates = [] }): readonly string[] => certificates),
  );

/**
 * Older providers wrote plain PEM in place of JSON. The `certificate` there may be the provider's own, which its authority
 * vouches for: it is no one to trust besides.
 */
const version0 = () => {
  const one = z.optional(z.union([pem(), jsonString(pem())]));
  const many = z.optional(z.union([jsonString(z.array(pem())), pem()]));
  return z.pipe(
    z.object({ ca: one, chain: many }),
    z.transform(({ ca, chain }): readonly string[] => [ca ?? [], chain ?? []].flat()),
  );
};

function sorted(certificates: readonly string[]): Result<readonly string[]> {
  return { ok: true, value: [...new Set(certificates)].toSorted() };
}

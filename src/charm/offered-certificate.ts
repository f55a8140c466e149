import type { Issued } from '../interfaces/tls-certificates.ts';
import type { Result } from '../interfaces/result.ts';
import type { UnitCertificate } from '../interfaces/mimir-peers.ts';
import { fnv1a } from '../mimir/fnv1a.ts';
import {
  chainToServe,
  inspectCertificate,
  inspectTrust,
  readAuthorities,
  type Inspection,
  type Trust,
} from '../x509/certificate.ts';
import { applicationHostname, unitHostname } from './addresses.ts';
import type { Snapshot, UnitIdentity } from './snapshot.ts';
import type { UnitKey } from './unit-key.ts';

/** A certificate that the provider has issued, and the key that it is to be for. */
export interface Offered {
  readonly issued: Issued;
  readonly unitKey: UnitKey;
}

/** Those that a certificate has to be for: applications and the other units expect the first, an ingress the second. */
export function namesToServe(identity: UnitIdentity): readonly string[] {
  return [applicationHostname(identity), unitHostname(identity)];
}

/** Renewal is due at the soonest so long after a certificate has come, in ms: a provider may sign for less than that. */
const soonestRenewal = 10_000;

/** By so much the provider's clock may be ahead of this one, in milliseconds. */
const clockDifference = 5000;

/** Finds whether an offered certificate can be served; the reason has the words for what is wrong with it. */
export function inspectOffer(
  { issued, unitKey }: Offered,
  { identity, now }: Snapshot,
): Result<Omit<UnitCertificate, 'offer'>> {
  const authorities = readAuthorities(issued.ca);
  const served = chainToServe(issued);
  const soon = new Date(now.getTime() + clockDifference);
  const found = inspectCertificate({
    certificate: issued.certificate,
    privateKey: unitKey.privateKey.reveal(),
    names: namesToServe(identity),
    now: soon,
  });
  if (!authorities.ok) return authorities;
  if (!served.ok) return served;
  if (!found.ok) return found;
  const trust = inspectTrust(served.value, authorities.value, soon);
  if (!trust.ok) return trust;
  const fault = faultOf(found.value, trust.value);
  if (fault !== undefined) return { ok: false, reason: fault };
  return {
    ok: true,
    value: {
      authority: fnv1a(authorities.value.join('')),
      renewAt: renewalOf(found.value, trust.value, now),
    },
  };
}

function faultOf(
  { matchesKey, isForServers, uncovered, validity, notBefore, notAfter }: Inspection,
  { signed, until }: Trust,
): string | undefined {
  const faults = {
    'it is not for the key that was asked for': !matchesKey,
    [`it is not for ${uncovered.join(', ')}`]: uncovered.length > 0,
    [`it has ended on ${notAfter.toISOString()}`]: validity === 'expired',
    [`it begins on ${notBefore.toISOString()} only`]: validity === 'not-yet-valid',
    'it is not for a server': !isForServers,
    'it is not signed by the authority that comes with it': !signed,
    'its authority, or one between the two, is not in force': until === undefined,
  };
  return Object.entries(faults).find(([, is]) => is)?.[0];
}

/** At nine tenths of the time for which clients take it. */
function renewalOf({ notBefore, notAfter }: Inspection, { until = notAfter }: Trust, now: Date): Date {
  const end = Math.min(notAfter.getTime(), until.getTime());
  const ninetyPercent = notBefore.getTime() + 0.9 * (end - notBefore.getTime());
  return new Date(Math.max(Math.round(ninetyPercent), now.getTime() + soonestRenewal));
}

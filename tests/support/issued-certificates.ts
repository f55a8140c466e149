import type { RelationSnapshot, Snapshot } from '../../src/charm/snapshot.ts';
import type { UnitKey } from '../../src/charm/unit-key.ts';
import {
  type Answers,
  type IssuedTo,
  publish,
  publishAnswers,
} from '../../src/interfaces/tls-certificates.ts';
import { type Databag, Redacted } from '../../src/juju/index.ts';
import { type Authority, createAuthority, issueCertificate } from '../../src/x509/certificate-authority.ts';
import { createKey, createRequest } from '../../src/x509/certificate-request.ts';
import { allRelations, aSender, aSnapshot, identity } from './builders.ts';

/** Id of the relation of `certificates`. */
export const certificatesId = 110;

const hour = 3_600_000;
/** From the time of snapshots on, for one hour. */
const { now } = aSnapshot();
export const anHour = { notBefore: now, notAfter: new Date(now.getTime() + hour) };
const aDay = { notBefore: new Date(now.getTime() - hour), notAfter: new Date(now.getTime() + 23 * hour) };

/** The names that a unit asks for, by its number. */
export const namesOf = (unit: number): readonly string[] => [
  'mimir-k8s.cos.svc.cluster.local',
  `mimir-k8s-${unit}.mimir-k8s-endpoints.cos.svc.cluster.local`,
  'mimir-k8s.cos.svc',
  'mimir-k8s.cos',
];

/** Two that do not know one another. */
export const authorities: readonly [Authority, Authority] = [
  await createAuthority({ commonName: 'authority', period: aDay }),
  await createAuthority({ commonName: 'another', period: aDay }),
];

/** A unit's key with a request of it; those of one key are all different. */
export async function aUnitKey({ unit = 0, key = '', names = namesOf(unit) } = {}): Promise<UnitKey> {
  const privateKey = key === '' ? await createKey() : key;
  const request = await createRequest({ privateKey, commonName: identity.application, dnsNames: names });
  return { privateKey: new Redacted(privateKey), request: request.trim(), names: namesOf(unit) };
}

/** What a provider answers to a request. */
export function issuedFor(
  { request }: Pick<UnitKey, 'request'>,
  { authority = authorities[0], period = anHour, revoked = false } = {},
): IssuedTo {
  const issued = issueCertificate(request, period, authority);
  if (!issued.ok) throw new Error(`cannot issue a certificate: ${issued.reason}`);
  const ca = authority.certificate.trim();
  const certificate = issued.value.trim();
  return { request, ca, certificate, chain: [certificate, ca], revoked };
}

/** A provider's bag with these answers. */
export function answersWith({ certificates = [], errors = [] }: Partial<Answers>): Databag {
  const bag = publishAnswers({ certificates, errors });
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== ''));
}

/** The relation of `certificates`, in which the provider has answered so. */
export function certificatesFrom(
  unitKey: UnitKey | undefined,
  answers: readonly IssuedTo[],
  changes: Partial<RelationSnapshot> = {},
): Pick<Snapshot, 'certificates' | 'unitKey'> {
  const relation = aSender(certificatesId, {
    application: 'ca',
    unitBag: unitKey === undefined ? {} : publish(unitKey.request),
    appBag: 'unobserved',
    remoteAppBag: answersWith({ certificates: answers }),
    ...changes,
  });
  return { certificates: allRelations(relation), unitKey };
}

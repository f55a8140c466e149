import { keys, type Outcome, publish, read } from '../interfaces/tls-certificates.ts';
import type { UnitCertificate } from '../interfaces/mimir-peers.ts';
import { fnv1a } from '../mimir/fnv1a.ts';
import { chainToServe, readAuthorities } from '../x509/certificate.ts';
import type { Members } from './members.ts';
import { inspectOffer, namesToServe, type Offered } from './offered-certificate.ts';
import type { PlannedBag } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import type { RelationSnapshot, Snapshot, UnitIdentity } from './snapshot.ts';
import { endOfHeld, heldTls, inSeconds, type TlsFiles } from './tls.ts';
import type { RequestedCertificate, UnitKey } from './unit-key.ts';

/** What became of this unit's request for a certificate. */
export interface InterpretedCertificate {
  /** `certificates` is related, or Juju says that it is to be. */
  readonly related: boolean;
  /** What the unit tells the others of its certificate: what it told before, until a new one is found good. */
  readonly told: UnitCertificate | undefined;
  /** Makes the files of the certificate that is offered; undefined if none is that can be used. */
  readonly files: (() => TlsFiles) | undefined;
  /** A request that has to be made. */
  readonly request: RequestedCertificate | undefined;
  readonly problems: readonly Problem[];
}

const source = 'certificates';

/** Reads what the provider of certificates says to this unit's request. */
export function interpretCertificate(snapshot: Snapshot, members: Members): InterpretedCertificate {
  const found = interpretAnswer(snapshot, members);
  return canShow(snapshot, found) ? found : { ...found, told: undefined };
}

/** One that Mimir does not have yet is lost when it is not offered any more; what cannot be read now is as it was. */
function canShow(snapshot: Snapshot, { told, files }: InterpretedCertificate): boolean {
  const { workload, certificates } = snapshot;
  const bag = certificates.relations[0]?.remoteAppBag ?? 'unobserved';
  if (told === undefined || files !== undefined || bag === 'unobserved' || !workload.reachable) return true;
  const held = heldTls(snapshot);
  return held !== undefined && fnv1a(held.ca) === told.authority;
}

function interpretAnswer(snapshot: Snapshot, members: Members): InterpretedCertificate {
  const [relation] = snapshot.certificates.relations;
  const related = relation !== undefined || snapshot.certificatesExpected;
  const before: InterpretedCertificate = {
    related,
    told: related ? members.own.certificate : undefined,
    files: undefined,
    request: undefined,
    problems: [],
  };
  if (relation === undefined) return { ...before, problems: related ? [waiting(snapshot)] : [] };
  const { unitKey, identity } = snapshot;
  const names = namesFor(identity);
  if (unitKey?.names.join() !== names.join())
    return { ...before, request: requestFor(identity, unitKey?.privateKey), problems: [waiting(snapshot)] };
  return judge(before, { relation, unitKey, members }, snapshot);
}

interface Asked {
  readonly relation: RelationSnapshot;
  readonly unitKey: UnitKey;
  readonly members: Members;
}

function judge(
  before: InterpretedCertificate,
  { relation, unitKey, members }: Asked,
  snapshot: Snapshot,
): InterpretedCertificate {
  const { identity } = snapshot;
  // What Juju does not let us read for a moment is as it was.
  if (relation.remoteAppBag === 'unobserved') return { ...before, problems: [waiting(snapshot)] };
  const answer = read(relation.remoteAppBag, unitKey.request);
  if (!answer.ok) return { ...before, problems: [unusable(answer.reason)] };
  switch (answer.value.kind) {
    case 'none':
      return { ...before, problems: [waiting(snapshot)] };
    case 'refused':
      return { ...before, problems: [refused(answer.value.error)] };
    case 'revoked':
      // Whoever revokes may know that somebody else has the key.
      return { ...before, request: requestFor(identity, undefined), problems: [waiting(snapshot)] };
    case 'issued':
      return take(before, { issued: answer.value, unitKey, members }, snapshot);
  }
}

/** The same answer is looked at once; then it is known by its hash, and no hook loads OpenSSL for it. */
function take(
  before: InterpretedCertificate,
  { members, ...offered }: Offered & Pick<Asked, 'members'>,
  snapshot: Snapshot,
): InterpretedCertificate {
  const { issued, unitKey } = offered;
  const { ca, certificate, chain } = issued;
  const offer = fnv1a(JSON.stringify([unitKey.request, ca, certificate, chain]));
  const isKnown = before.told?.offer === offer;
  const files = () => filesOf(offered, isKnown ? heldTls(snapshot) : undefined);
  if (before.told !== undefined && isKnown) {
    const due = isDue(before.told, members, snapshot);
    const request = due ? requestFor(snapshot.identity, unitKey.privateKey) : undefined;
    return { ...before, files, request };
  }
  const found = inspectOffer(offered, snapshot);
  if (!found.ok) return { ...before, problems: [unusable(found.reason)] };
  const told: UnitCertificate = { ...found.value, offer };
  return { ...before, told, files };
}

/**
 * Another unit's newer certificate of another authority says that the provider has one that is new: units cannot change to
 * it before all have it. The unit that asks has the newest then, so that none asks twice of a provider with several.
 */
function isDue(
  { authority, renewAt }: UnitCertificate,
  { others, agreement }: Members,
  { requestExpired, now }: Snapshot,
): boolean {
  const isOld = (other: UnitCertificate) => other.authority !== authority && other.renewAt > renewAt;
  return (
    requestExpired ||
    now >= renewAt ||
    (agreement.tls === authority &&
      [...others.values()].some(({ certificate }) => certificate !== undefined && isOld(certificate)))
  );
}

/** Those that Mimir has, if they are of this certificate: to make them anew would load OpenSSL. */
function filesOf({ issued, unitKey }: Offered, held: TlsFiles | undefined): TlsFiles {
  const key = unitKey.privateKey.reveal();
  const isHeld = held?.key === key && held.certificate.startsWith(issued.certificate.trim());
  if (isHeld && held.ca.trim() === issued.ca.trim()) return held;
  const [served, authorities] = [chainToServe(issued), readAuthorities(issued.ca)];
  if (!served.ok || !authorities.ok)
    throw new Error('cannot serve a certificate that was found good: it cannot be read');
  return { certificate: served.value.join(''), key, ca: authorities.value.join('') };
}

/** Longest common name, in characters (RFC 5280, ub-common-name). */
const longestCommonName = 64;

function requestFor(
  identity: UnitIdentity,
  privateKey: UnitKey['privateKey'] | undefined,
): RequestedCertificate {
  const commonName = identity.application.slice(0, longestCommonName);
  return { commonName, names: namesFor(identity), privateKey };
}

/** Those that are asked for: the shorter names too, under which people within the cluster know the Service. */
function namesFor(identity: UnitIdentity): readonly string[] {
  const { application, model } = identity;
  return [...namesToServe(identity), `${application}.${model}.svc`, `${application}.${model}`];
}

function waiting(snapshot: Snapshot): Problem {
  const end = endOfHeld(snapshot);
  if (end === undefined) {
    const message =
      'Waiting for the certificate, without which Mimir does not speak TLS; see juju status of the application that is related.';
    return { status: 'waiting', source, message };
  }
  return end > snapshot.now
    ? {
        status: 'active',
        source,
        message: `Waits for a new certificate; the old one ends on ${inSeconds(end)}.`,
      }
    : {
        status: 'blocked',
        source,
        message: `The certificate has ended on ${inSeconds(end)} and no other one came; see juju status of the application that is related.`,
      };
}

function refused({ code, name, message, reason }: Extract<Outcome, { kind: 'refused' }>['error']): Problem {
  const why = briefly([message, reason].filter((text) => text !== undefined && text !== '').join(': '));
  const words = `It refuses the certificate (${code} ${briefly(name)}: ${why}), so Mimir serves as it did; mend it there.`;
  return { status: 'blocked', source, message: words };
}

function unusable(reason: string): Problem {
  const message = `The certificate that it offers cannot be used, so Mimir serves as it did; mend it there: ${briefly(reason)}.`;
  return { status: 'blocked', source, message };
}

/** Plans what this unit tells the provider: its request. */
export function planCertificateBags({ certificates, unitKey }: Snapshot): readonly PlannedBag[] {
  if (unitKey === undefined) return [];
  const values = publish(unitKey.request);
  return certificates.relations.map(({ id }) => ({
    ...{ relationId: id, scope: 'unit', owned: keys.requirerUnit, values },
  }));
}

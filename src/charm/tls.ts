import type { Peer } from '../interfaces/mimir-peers.ts';
import { speaksTls } from '../mimir/config/tls.ts';
import { fnv1a } from '../mimir/fnv1a.ts';
import { paths } from '../mimir/paths.ts';
import { inspectCertificate } from '../x509/certificate.ts';
import type { InterpretedCertificate } from './certificates.ts';
import { heldFile } from './held-file.ts';
import { byOrdinal, type Members, waitingForUnits } from './members.ts';
import type { Problem } from './problem.ts';
import { isReady, type Snapshot } from './snapshot.ts';

/** Texts of the files by which Mimir speaks TLS, in PEM. */
export interface TlsFiles {
  /** The unit's own, then those between it and the authority. */
  readonly certificate: string;
  readonly key: string;
  /** Certificates of the authority that others know it by. */
  readonly ca: string;
}

/** How Mimir is to speak: over TLS, or in clear. */
export interface InterpretedTls {
  /** Undefined for plain HTTP. */
  readonly files: TlsFiles | undefined;
  /** Mimir is to speak TLS: it has what it needs, or waits for it, since the other units speak TLS. */
  readonly https: boolean;
  /** False while this unit has to wait for a certificate: without one, Mimir could not speak with the other units. */
  readonly run: boolean;
  /** This change needs no turn: units on both sides of it cannot speak with one another, so all take it at once. */
  readonly together: boolean;
  /** Hash of the authority with whose certificates all units are to speak, by the leader's word; undefined for none. */
  readonly agreed: string | undefined;
  readonly problems: readonly Problem[];
}

/** What Mimir speaks TLS with now; undefined if it does not. */
export function heldTls(snapshot: Pick<Snapshot, 'workload'>): TlsFiles | undefined {
  if (!speaksTls(heldFile(snapshot, paths.config))) return undefined;
  const { tlsFiles } = paths;
  const [certificate, key, ca] = [tlsFiles.certificate, tlsFiles.key, tlsFiles.ca].map((path) =>
    heldFile(snapshot, path),
  );
  return certificate === undefined || key === undefined || ca === undefined
    ? undefined
    : { certificate, key, ca };
}

/** When the certificate in Mimir's files ends; undefined if Mimir speaks no TLS. */
export function endOfHeld(snapshot: Pick<Snapshot, 'workload' | 'now'>): Date | undefined {
  const held = heldTls(snapshot);
  if (held === undefined) return undefined;
  const { certificate, key: privateKey } = held;
  const found = inspectCertificate({ certificate, privateKey, names: [], now: snapshot.now });
  return found.ok ? found.value.notAfter : undefined;
}

/** A time in ISO 8601, to the second. */
export function inSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/**
 * Decides whether Mimir speaks TLS, and with what. Units that speak TLS cannot speak with those that do not, nor with those
 * that know another authority: so all change when the leader has seen that all can, and says so.
 */
export function interpretTls(
  snapshot: Snapshot,
  members: Members,
  certificate: InterpretedCertificate,
): InterpretedTls {
  const held = heldTls(snapshot);
  const agreed = snapshot.leader ? agree(members, certificate) : members.agreement.tls;
  const authority = members.alone ? ownAuthority(held, certificate) : agreed;
  const files = authority === undefined ? undefined : choose(authority, held, certificate);
  // A Mimir that serves goes on as it does, whatever the others do.
  const waits = authority !== undefined && files === undefined && !isReady(snapshot.workload);
  return {
    files,
    https: files !== undefined || waits,
    run: !waits,
    together: files?.ca !== held?.ca,
    agreed,
    problems: behind(snapshot, members, { ...certificate, authority, waits }),
  };
}

function ownAuthority(
  held: TlsFiles | undefined,
  { related, told }: InterpretedCertificate,
): string | undefined {
  return related ? (told?.authority ?? authorityOf(held)) : undefined;
}

/** The files that are offered, if they are of this authority, else those that Mimir has. */
function choose(
  authority: string,
  held: TlsFiles | undefined,
  { told, files }: InterpretedCertificate,
): TlsFiles | undefined {
  return told?.authority === authority && files !== undefined ? files() : held;
}

function authorityOf(held: TlsFiles | undefined): string | undefined {
  return held === undefined ? undefined : fnv1a(held.ca);
}

/** The authority that all units have told; as long as they have told different ones or none, what was agreed before. */
function agree(
  { others, agreement }: Members,
  { related, told }: InterpretedCertificate,
): string | undefined {
  if (!related) return undefined;
  const all = new Set([told, ...[...others.values()].map((peer) => peer.certificate)].map(authorityIn));
  const [only] = all;
  return all.size === 1 && only !== undefined ? only : agreement.tls;
}

const notRelated = waitingForUnits('Mimir starts when the others have stopped speaking TLS, too.');

function authorityIn(certificate: Peer['certificate']): string | undefined {
  return certificate?.authority;
}

interface Own extends Pick<InterpretedCertificate, 'related' | 'told'> {
  /** Hash of the authority with whose certificates all units are to speak now. */
  readonly authority: string | undefined;
  /** Mimir does not run. */
  readonly waits: boolean;
}

/** Says what a change to the authority of this unit's certificate waits for. */
function behind(
  snapshot: Snapshot,
  { alone, others }: Members,
  { related, told, authority, waits }: Own,
): readonly Problem[] {
  if (!related && waits) return [notRelated];
  if (alone || !related || told?.authority === authority) return [];
  if (told === undefined) return [waitingForUnits(`${snapshot.identity.unit} waits for its certificate.`)];
  const units = [...others].flatMap(([unit, peer]) =>
    authorityIn(peer.certificate) === told.authority ? [] : [unit],
  );
  if (units.length === 0) return [waitingForUnits('All units change to the new certificates at once.')];
  return [changesLater(snapshot, byOrdinal(units).join(', '))];
}

/** Units that have certificates of an older authority ask for others by themselves, if the provider has not revoked them. */
function changesLater(snapshot: Snapshot, units: string): Problem {
  const end = endOfHeld(snapshot);
  if (end === undefined || end > snapshot.now)
    return waitingForUnits(`All units change at once, when ${units} can, too.`);
  const message = `The certificate has ended on ${inSeconds(end)}, and the new one is of an authority that ${units} has no certificate of; have the application that is related sign anew for all, as its action rotate-private-key does.`;
  return { status: 'blocked', source: 'certificates', message };
}

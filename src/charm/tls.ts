import type { Peer } from '../interfaces/mimir-peers.ts';
import { speaksTls } from '../mimir/config/tls.ts';
import { fnv1a } from '../mimir/fnv1a.ts';
import { paths } from '../mimir/paths.ts';
import type { InterpretedCertificate } from './certificates.ts';
import { heldFile } from './held-file.ts';
import { byOrdinal, type Members, waitingForUnits } from './members.ts';
import type { Problem } from './problem.ts';
import { isReady, type Snapshot } from './snapshot.ts';

/** Texts of the files by which Mimir speaks TLS, in PEM. */
export interface TlsFiles {
  /** The unit's own, and those between it and the authority. */
  readonly certificate: string;
  readonly key: string;
  /** The authority's. */
  readonly ca: string;
}

/** How Mimir is to speak. */
export interface InterpretedTls {
  /** Undefined for plain HTTP. */
  readonly files: TlsFiles | undefined;
  /** Others of this application speak TLS, and so does this unit as soon as it can. */
  readonly https: boolean;
  /** Mimir may run: it could not speak with the other units else. */
  readonly run: boolean;
  /** All units change at once: those that have, and those that have not yet, cannot speak with one another. */
  readonly together: boolean;
  /** The leader's word to all units. */
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

/**
 * Decides whether Mimir speaks TLS, and with what. Units that do, and with one authority's certificates, cannot speak with
 * those that do not, or with another's: so all change when the leader has seen that all can, and says so.
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
    problems: members.alone ? [] : behind(snapshot, members, { ...certificate, authority }),
  };
}

function ownAuthority(
  held: TlsFiles | undefined,
  { related, told }: InterpretedCertificate,
): string | undefined {
  return related ? (told?.authority ?? authorityOf(held)) : undefined;
}

/** Those that are offered, or as long as there are none, what Mimir has. */
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

/** One authority for all. Once there is one, a unit that has no certificate yet waits until it has. */
function agree(
  { others, agreement }: Members,
  { related, told }: InterpretedCertificate,
): string | undefined {
  if (!related) return undefined;
  const all = new Set([told, ...[...others.values()].map((peer) => peer.certificate)].map(authorityIn));
  const [only] = all;
  return all.size === 1 && only !== undefined ? only : agreement.tls;
}

function authorityIn(certificate: Peer['certificate']): string | undefined {
  return certificate?.authority;
}

interface Own extends Pick<InterpretedCertificate, 'related' | 'told'> {
  /** That with which all units are to speak now. */
  readonly authority: string | undefined;
}

/** Of the authority that this unit has a certificate of, not all have one. */
function behind(
  { identity }: Snapshot,
  { others }: Members,
  { related, told, authority }: Own,
): readonly Problem[] {
  if (!related || told?.authority === authority) return [];
  if (told === undefined) return [waitingForUnits(`${identity.unit} waits for its certificate.`)];
  const units = [...others].flatMap(([unit, peer]) =>
    authorityIn(peer.certificate) === told.authority ? [] : [unit],
  );
  if (units.length === 0) return [waitingForUnits('All units change to the new certificates at once.')];
  return [waitingForUnits(`All units change at once, when ${byOrdinal(units).join(', ')} can, too.`)];
}

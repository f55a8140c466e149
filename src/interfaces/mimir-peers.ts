import type { Databag } from '../juju/databag.ts';

/** The keys that we own. */
export const keys = {
  unit: [
    'hostname',
    'up',
    'replication_factor',
    'flushed',
    'cluster',
    'url',
    'exemplars',
    'https',
    'certificate',
    'restart_wanted',
    'restart_refused',
    'restart_done',
  ],
  app: ['replication_factor', 'restart_turn', 'storage', 'tls'],
} as const;

/** Copies of each series that a unit's Mimir keeps among the units. */
export type Factor = 1 | 3;

/** What a unit tells its peers. */
export interface Peer {
  /** Fully qualified name of the unit. */
  readonly hostname: string | undefined;
  /** Its Mimir was ready at the end of its last event. */
  readonly up: boolean;
  /** What its Mimir was last ready with; undefined if it never was. */
  readonly factor: Factor | undefined;
  /** The factor with which it has brought all that it held into the object storage. */
  readonly flushed: Factor | undefined;
  /** Which of the clusters, one after another, its Mimir is in. */
  readonly cluster: number;
  /** The URL of Mimir that it has told in all relations. */
  readonly url: string | undefined;
  /** In all relations it has told that there are exemplars. */
  readonly exemplars: boolean;
  /** In all relations it has told that Mimir speaks TLS, be it behind an ingress. */
  readonly https: boolean;
  /** The certificate that it was given, whether or not its Mimir shows it by now. */
  readonly certificate: UnitCertificate | undefined;
  /** Hash of the configuration that it waits to restart with. */
  readonly restartWanted: string | undefined;
  /** Hash of the configuration that its Mimir did not come up with. */
  readonly restartRefused: string | undefined;
  /** Number of the last turn that it has used. */
  readonly restartDone: number | undefined;
}

/** What a unit has found of a certificate that it was given. */
export interface UnitCertificate {
  /** Hash of the certificates of the authority that clients know it by. */
  readonly authority: string;
  /** Hash of the provider's answer, so that the same is not looked at again. */
  readonly offer: string;
  /** When the unit asks for another one. */
  readonly renewAt: Date;
}

/** The right of one unit to restart its Mimir; no other one restarts until it says that it has used it, or is gone. */
export interface RestartTurn {
  readonly number: number;
  readonly unit: string;
}

/** What the leader tells all units. */
export interface Agreement {
  /** What units are to start with; undefined while one of them still has to prepare for it. */
  readonly factor: 3 | undefined;
  readonly turn: RestartTurn | undefined;
  /** Where the samples are: once in a bucket, they are never looked for on a disk. */
  readonly storage: 's3' | undefined;
  /** Hash of the authority with whose certificates all units speak TLS; undefined if they speak in clear. */
  readonly tls: string | undefined;
}

const patterns = {
  hostname: /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
  count: /^\d{1,9}$/,
  hash: /^[0-9a-f]+$/,
  url: /^https?:\/\/\S+$/,
  certificate: /^([0-9a-f]+) ([0-9a-f]+) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/,
  turn: /^(\d{1,9}) ([a-z0-9-]+\/\d+)$/,
} as const;

/**
 * Reads a peer's unit bag. Only this charm writes there, so a value that cannot be read is one of another revision, and
 * as good as none. `peer_hostname` is what the first Mimir charm wrote.
 */
export function readPeer(bag: Databag): Peer {
  const done = matching(bag['restart_done'], patterns.count);
  return {
    hostname: matching(bag['hostname'] ?? bag['peer_hostname'], patterns.hostname),
    up: bag['up'] === 'true',
    factor: readFactor(bag['replication_factor']),
    flushed: readFactor(bag['flushed']),
    cluster: Number(matching(bag['cluster'], patterns.count) ?? 0),
    url: matching(bag['url'], patterns.url),
    exemplars: bag['exemplars'] === 'true',
    https: bag['https'] === 'true',
    certificate: readCertificate(bag['certificate']),
    restartWanted: matching(bag['restart_wanted'], patterns.hash),
    restartRefused: matching(bag['restart_refused'], patterns.hash),
    restartDone: done === undefined ? undefined : Number(done),
  };
}

/** What a unit publishes in its unit bag. */
export function publishPeer(peer: Peer): Databag {
  return present({
    hostname: peer.hostname,
    up: peer.up ? 'true' : undefined,
    replication_factor: peer.factor?.toString(),
    flushed: peer.flushed?.toString(),
    cluster: peer.cluster === 0 ? undefined : peer.cluster.toString(),
    url: peer.url,
    exemplars: peer.exemplars ? 'true' : undefined,
    https: peer.https ? 'true' : undefined,
    certificate: peer.certificate && writeCertificate(peer.certificate),
    restart_wanted: peer.restartWanted,
    restart_refused: peer.restartRefused,
    restart_done: peer.restartDone?.toString(),
  });
}

/** Reads the leader's word in the application bag. */
export function readAgreement(bag: Databag): Agreement {
  const [, number, unit] = patterns.turn.exec(bag['restart_turn'] ?? '') ?? [];
  return {
    factor: bag['replication_factor'] === '3' ? 3 : undefined,
    turn: unit === undefined ? undefined : { number: Number(number), unit },
    storage: bag['storage'] === 's3' ? 's3' : undefined,
    tls: matching(bag['tls'], patterns.hash),
  };
}

/** What the leader publishes in the application bag. */
export function publishAgreement({ factor, turn: given, storage, tls }: Agreement): Databag {
  return present({
    replication_factor: factor?.toString(),
    restart_turn: given && `${given.number} ${given.unit}`,
    storage,
    tls,
  });
}

function readCertificate(text: string | undefined): UnitCertificate | undefined {
  const [, authority, offer, time] = patterns.certificate.exec(text ?? '') ?? [];
  if (authority === undefined || offer === undefined || time === undefined) return undefined;
  const renewAt = new Date(time);
  return Number.isNaN(renewAt.getTime()) ? undefined : { authority, offer, renewAt };
}

function writeCertificate({ authority, offer, renewAt }: UnitCertificate): string {
  return `${authority} ${offer} ${renewAt.toISOString()}`;
}

function matching(text: string | undefined, pattern: RegExp): string | undefined {
  return text !== undefined && pattern.test(text) ? text : undefined;
}

function readFactor(text: string | undefined): Factor | undefined {
  if (text === '1') return 1;
  return text === '3' ? 3 : undefined;
}

function present(values: Readonly<Record<string, string | undefined>>): Databag {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}

import type { CacheAddress } from '../cache-address.ts';
import type { LogLevel } from '../log-level.ts';
import type { Folders } from '../paths.ts';
import type { YamlValue } from '../yaml.ts';

/** A text that is told to Mimir's configuration file alone. */
export interface Secret {
  reveal(): string;
}

/** A bucket of an object store that speaks S3. */
export interface S3Store {
  readonly kind: 's3';
  /** Host and port. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string | undefined;
  /** Plain HTTP. */
  readonly insecure: boolean;
  /** Where requests name the bucket; undefined leaves it to Mimir. */
  readonly uriStyle: 'path' | 'host' | undefined;
  readonly accessKey: Secret;
  readonly secretKey: Secret;
  /** The store's certificate is signed by an authority whose certificates are in `paths.storeCa`. */
  readonly ownCa: boolean;
}

/** Where blocks, rules and configurations are kept: on the unit's own disk, or in a bucket. */
export type Store = { readonly kind: 'local' } | S3Store;

/**
 * Copies of each series, block and silence. With 3, as many as there are up to that, and all of two units' writes fail if
 * one is away; one unit can keep but 1 (Mimir refuses writes with more).
 */
export type ReplicationFactor = 1 | 3;

/** How the units of an application make up one Mimir. */
export interface Replication {
  readonly factor: ReplicationFactor;
  /** Units of another label are never taken for units of this one. */
  readonly label: string;
  /** Name that resolves to all units, this one included, whatever their number is. */
  readonly unitsHostname: string;
}

/** Certificates for everything that Mimir listens on; they lie in `paths.tlsFiles`. */
export interface Tls {
  /** A name that every unit's certificate is for. */
  readonly serverName: string;
}

/** The Mimir that one application runs: all that its configuration file depends on. */
export interface MimirDeployment extends Folders {
  /** Base URL of the application, as people and other applications reach it. */
  readonly externalUrl: string;
  /** How long a unit keeps a block on its own disk after shipping it, in milliseconds. */
  readonly blocksRetention: number;
  readonly logLevel: LogLevel;
  /** Of several senders that send the same, take samples of one at a time. */
  readonly haTracker: boolean;
  readonly store: Store;
  /** Memcacheds that answers and what is in the object store are cached in, in any order; without any, nothing is. */
  readonly caches: readonly CacheAddress[];
  readonly replication: Replication;
  /** Undefined for plain HTTP, gRPC and gossip. */
  readonly tls: Tls | undefined;
  /** Base URLs of the Alertmanagers that get the alerts, in any order; without any, it is Mimir's own. */
  readonly alertmanagerUrls: readonly string[];
}

/** Top-level keys of the configuration file. */
export type ConfigSection = Readonly<Record<string, YamlValue>>;

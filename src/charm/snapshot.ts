import type { Result } from '../interfaces/result.ts';
import type { Databag, SecretContent } from '../juju/index.ts';
import type { AlertmanagerConfig } from '../mimir/alertmanager-config.ts';
import type { RulerState } from '../mimir/rule-group.ts';
import type { PebblePlan } from '../pebble/index.ts';
import { hashVariable, serviceName } from './layer.ts';
import type { DiskSpace } from './ports.ts';
import type { ShownStatus } from './problem.ts';
import type { UnitKey } from './unit-key.ts';

/** A section of the world that was read this time, or was not: then it is neither compared nor touched. */
export type Known<T> = T | 'unobserved';

/** Who and where this unit is; none of it changes while the unit lives. */
export interface UnitIdentity {
  readonly unit: string;
  readonly application: string;
  readonly model: string;
  readonly modelUuid: string;
  /** DNS domain of the Kubernetes cluster, such as `cluster.local`. */
  readonly clusterDomain: string;
}

/** The peer relation. */
export interface PeerRelation {
  readonly id: number;
  readonly unitBag: Databag;
  /** What the leader tells all units, and keeps for later dispatches; every unit may read it. */
  readonly appBag: Databag;
  /** Bags of the other units by their names, those that are leaving included. */
  readonly unitBags: ReadonlyMap<string, Databag>;
}

/** One relation of an endpoint, as far as this unit may and need read it. */
export interface RelationSnapshot {
  readonly id: number;
  readonly application: string | undefined;
  /** What this unit has published so far. */
  readonly unitBag: Databag;
  /** What this application has published so far; only the leader may read it. */
  readonly appBag: Known<Databag>;
  readonly remoteAppBag: Known<Databag>;
  /** Bags of the remote units by their names, where the interface has any. */
  readonly remoteUnitBags: ReadonlyMap<string, Databag>;
}

/** The bags of a relation's units by their names. Juju: relation-list promises no order; the status shows the first warning. */
export function unitBagsInOrder({
  remoteUnitBags,
}: RelationSnapshot): readonly (readonly [string, Databag])[] {
  return [...remoteUnitBags].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The relations of an endpoint that were read: all of them, or only the one that the event is about. */
export interface EndpointSnapshot {
  /** Relation ids that this event decides on; one of them without a relation below is gone. */
  readonly scope: 'all' | readonly number[];
  readonly relations: readonly RelationSnapshot[];
}

/** A configuration that Mimir refused, as remembered on the data volume. */
export interface Rejection {
  /** Hash of what was refused (`restartHash`), so that the same is not tried again at each event. */
  readonly hash: string;
  /** Who refused it: Mimir itself, or the object store that Mimir asks at its start. */
  readonly by: 'mimir' | 'store';
  /** In the words of who refused it. */
  readonly reason: string;
}

/** What Pebble says of the workload container. */
export type Workload =
  | { readonly reachable: false; readonly reason: string }
  | {
      readonly reachable: true;
      readonly plan: PebblePlan;
      /** Pebble's word (active, inactive, backoff, error), or `absent` if the plan has no such service. */
      readonly service: string;
      /** Our files in the container; undefined for one that does not exist. */
      readonly files: ReadonlyMap<string, string | undefined>;
      /** Version of the Mimir binary in the container; undefined if the image has none that runs. */
      readonly version: string | undefined;
      readonly rejection: Rejection | undefined;
      /** What the object store answers to a Mimir that runs and is not ready; undefined if that is not the reason. */
      readonly storeTrouble: string | undefined;
      /** Mimir's last words, when it is not running though it should. */
      readonly lastWords: string | undefined;
      readonly ready: boolean;
      /** The readiness check is down already: Juju will tell when it is up again. */
      readonly checkDown: boolean;
      /** Mimir is ready, but too few units are for it to write and query. */
      readonly quorumLost: boolean;
    };

/** A workload container that Pebble answers for. */
export type Container = Extract<Workload, { reachable: true }>;

/** Tells whether this unit's Mimir is ready. */
export function isReady(workload: Workload): boolean {
  return workload.reachable && workload.ready;
}

/** Version of the Mimir in a container; undefined while that cannot be told. */
export function versionIn(workload: Workload): string | undefined {
  return workload.reachable ? workload.version : undefined;
}

/** Hash of what Mimir was started with, according to Pebble's plan; undefined if it never was. */
export function hashIn(workload: Workload): string | undefined {
  return workload.reachable ? workload.plan.services[serviceName]?.environment?.[hashVariable] : undefined;
}

/** Everything that a dispatch knows of the world, read once (Juju) or once a pass (workload, Mimir). */
export interface Snapshot {
  readonly identity: UnitIdentity;
  readonly now: Date;
  readonly leader: boolean;
  /** This unit is being removed (not merely restarted). */
  readonly dying: boolean;
  /** Units of the application that are to stay. */
  readonly plannedUnits: number;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly unitStatus: ShownStatus | undefined;
  /** The application's status as the leader set it; unobserved by others. */
  readonly applicationStatus: Known<ShownStatus | undefined>;
  readonly openedPorts: readonly number[];
  readonly peers: PeerRelation | undefined;
  /** Relations of `receive-remote-write`. */
  readonly senders: Known<EndpointSnapshot>;
  /** Relations of `receive-otlp`. */
  readonly otlpSenders: Known<EndpointSnapshot>;
  /** Relations of `grafana-source`. */
  readonly grafanas: Known<EndpointSnapshot>;
  /** Relations of `prometheus-api`; the leader alone has something to say there. */
  readonly apiClients: Known<EndpointSnapshot>;
  /** Relations of `send-datasource`, which the leader always reads. */
  readonly datasourcePeers: Known<EndpointSnapshot>;
  /** The relation of `remote-configuration`, which the leader always reads. */
  readonly configurers: Known<EndpointSnapshot>;
  /** Relations of `catalogue`, for the leader. */
  readonly catalogues: Known<EndpointSnapshot>;
  /** Relations of `self-metrics-endpoint`. */
  readonly scrapers: Known<EndpointSnapshot>;
  /** The relation of `ingress`; all URLs depend on it, so it is always read. */
  readonly ingress: EndpointSnapshot;
  /** The pod's own address; undefined if nobody is told it, or it has none yet. */
  readonly podAddress: string | undefined;
  /** Relations of `receive-ca-cert`; Mimir's configuration depends on them, so they are always read. */
  readonly authorities: EndpointSnapshot;
  /** The relation of `certificates`; how Mimir speaks depends on it, so it is always read. */
  readonly certificates: EndpointSnapshot;
  /** Juju says that `certificates` is related, also before this unit is told so by an event. */
  readonly certificatesExpected: boolean;
  /** This unit's key and request; undefined if there are none, or if the relation is not there. */
  readonly unitKey: UnitKey | undefined;
  /** This event is Juju's word that the certificate has to be renewed. */
  readonly requestExpired: boolean;
  /** Relations of `alertmanager`; Mimir's configuration depends on them, so they are always read. */
  readonly alertmanagers: EndpointSnapshot;
  /** Relations of `memcached`; Mimir's configuration depends on them, so they are always read. */
  readonly caches: EndpointSnapshot;
  /** Relations of `logging`; where Pebble sends logs depends on them, so they are always read. */
  readonly lokis: EndpointSnapshot;
  /** Full names of memcacheds by the names that we are told, of those that resolve now. */
  readonly fullNames: ReadonlyMap<string, string>;
  /** The relation of `s3`; Mimir's configuration depends on it, so it is always read. */
  readonly s3: EndpointSnapshot;
  /** Juju says that `s3` is related, also before this unit is told so by an event. */
  readonly s3Expected: boolean;
  /** The relation of `workload-tracing`; what Mimir is started with depends on it, so it is always read. */
  readonly workloadTracing: EndpointSnapshot;
  /** The relation of `charm-tracing`; every dispatch may be traced, so it is always read. */
  readonly charmTracing: EndpointSnapshot;
  /** The secret that the provider of `s3` names; undefined if it names none, or one that cannot be read. */
  readonly s3Secret: SecretContent | undefined;
  /** The secret that the option `s3_credentials` names; undefined if it names none, or one that cannot be read. */
  readonly s3OptionSecret: SecretContent | undefined;
  readonly workload: Workload;
  /** Space of the unit's storage; undefined before Juju has attached it. */
  readonly disk: DiskSpace | undefined;
  /** A file could not be written in this dispatch, since the disk is full. */
  readonly diskFull: boolean;
  /** What the ruler holds, where this event may have to change it. */
  readonly ruler: Known<RulerState>;
  /** The charm or the leader is new: what another one has found out of rules is found out anew. */
  readonly prepareAnew: boolean;
  /** What Mimir's own Alertmanager was given, where this event may have to change it. */
  readonly alertmanagerConfig: Known<AlertmanagerConfig | undefined>;
  /** Mimir's words, if it refused the options' Alertmanager configuration earlier in this dispatch. */
  readonly refusedAlertmanagerConfig: string | undefined;
  /** Pebble has replanned in this dispatch already: what runs now runs with what the plan says. */
  readonly replanned: boolean;
  /** This unit's Mimir has brought all that it held into the object storage in this dispatch. */
  readonly flushed: boolean;
  /** Other units that were found not to serve in this dispatch; undefined if they were not asked. */
  readonly peersDown: readonly string[] | undefined;
  /** Why Mimir did not do what it was asked earlier in this dispatch. */
  readonly mimirTrouble: string | undefined;
  /** What came out of rules that are compressed in the databag, by relation id; only of those that are not known from before. */
  readonly unpackedRules: ReadonlyMap<number, Result<string>>;
  /** Senders, by relation id, whose rules the ruler refused earlier in this dispatch, and its words. */
  readonly refusedRules: ReadonlyMap<number, string>;
}

/** Endpoints where we publish something, of those that were read. */
export function writableEndpoints(snapshot: Snapshot): readonly EndpointSnapshot[] {
  const { senders, otlpSenders, grafanas, apiClients, datasourcePeers, catalogues, scrapers } = snapshot;
  const { ingress, authorities, certificates, lokis, s3, workloadTracing, charmTracing } = snapshot;
  const all = [
    senders,
    otlpSenders,
    grafanas,
    apiClients,
    datasourcePeers,
    catalogues,
    scrapers,
    ingress,
    authorities,
    certificates,
    lokis,
    s3,
    workloadTracing,
    charmTracing,
  ];
  return all.filter((endpoint) => endpoint !== 'unobserved');
}

/** Ids of an endpoint's relations whose application bag we may write. */
export function writableRelations(endpoint: Known<EndpointSnapshot>): readonly number[] {
  const relations = endpoint === 'unobserved' ? [] : endpoint.relations;
  return relations.flatMap(({ id, appBag }) => (appBag === 'unobserved' ? [] : [id]));
}

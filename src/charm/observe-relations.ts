import type { Databag, Event, EventOf, HookTools } from '../juju/index.ts';
import type { EndpointSnapshot, Known, RelationSnapshot, Snapshot, UnitIdentity } from './snapshot.ts';

/** Who reads: what a unit may and need read depends on it. */
export interface Reader {
  readonly identity: UnitIdentity;
  readonly leader: boolean;
}

/** Endpoints whose relations are read in one manner. */
export type RelatedEndpoint =
  | 'receive-remote-write'
  | 'receive-otlp'
  | 'grafana-source'
  | 'prometheus-api'
  | 'send-datasource'
  | 'catalogue'
  | 'self-metrics-endpoint'
  | 'ingress'
  | 'receive-ca-cert'
  | 'certificates'
  | 'alertmanager'
  | 'memcached'
  | 'logging'
  | 'remote-configuration'
  | 's3'
  | 'workload-tracing'
  | 'charm-tracing';

/** What of an endpoint's relations means something to us, beside our own bags. */
interface Reading {
  /** Who needs the other application's bag. */
  readonly remoteApp: 'leader' | 'everyone' | 'nobody';
  readonly remoteUnits: boolean;
  /** Who of us publishes something there. */
  readonly publishes: 'everyone' | 'units' | 'leader' | 'nobody';
}

const readings: Readonly<Record<RelatedEndpoint, Reading>> = {
  'receive-remote-write': { remoteApp: 'leader', remoteUnits: false, publishes: 'everyone' },
  'receive-otlp': { remoteApp: 'leader', remoteUnits: false, publishes: 'leader' },
  'grafana-source': { remoteApp: 'everyone', remoteUnits: false, publishes: 'everyone' },
  'prometheus-api': { remoteApp: 'nobody', remoteUnits: false, publishes: 'leader' },
  'send-datasource': { remoteApp: 'leader', remoteUnits: false, publishes: 'leader' },
  catalogue: { remoteApp: 'nobody', remoteUnits: false, publishes: 'leader' },
  'self-metrics-endpoint': { remoteApp: 'nobody', remoteUnits: false, publishes: 'everyone' },
  ingress: { remoteApp: 'everyone', remoteUnits: false, publishes: 'everyone' },
  'receive-ca-cert': { remoteApp: 'everyone', remoteUnits: true, publishes: 'leader' },
  certificates: { remoteApp: 'everyone', remoteUnits: false, publishes: 'units' },
  alertmanager: { remoteApp: 'nobody', remoteUnits: true, publishes: 'nobody' },
  memcached: { remoteApp: 'nobody', remoteUnits: true, publishes: 'nobody' },
  logging: { remoteApp: 'leader', remoteUnits: true, publishes: 'leader' },
  'remote-configuration': { remoteApp: 'leader', remoteUnits: false, publishes: 'nobody' },
  s3: { remoteApp: 'everyone', remoteUnits: false, publishes: 'everyone' },
  'workload-tracing': { remoteApp: 'everyone', remoteUnits: false, publishes: 'leader' },
  'charm-tracing': { remoteApp: 'everyone', remoteUnits: false, publishes: 'leader' },
};

/** Endpoints whose relations Mimir's configuration does not depend on, by what a snapshot calls them. */
const seldomRead = {
  senders: 'receive-remote-write',
  otlpSenders: 'receive-otlp',
  grafanas: 'grafana-source',
  apiClients: 'prometheus-api',
  catalogues: 'catalogue',
  scrapers: 'self-metrics-endpoint',
} as const satisfies Readonly<Record<string, RelatedEndpoint>>;

/** Relations that are read only where an event is about them, or after something that all of them are told. */
export type SeldomRead = Pick<Snapshot, keyof typeof seldomRead>;

const datasourceEndpoints: ReadonlySet<string> = new Set<RelatedEndpoint>([
  'grafana-source',
  'send-datasource',
]);

/** Reads the relations that the event is about, or all of them for a `sweep`. */
export async function observeSeldomRead(
  tools: HookTools,
  event: Event,
  { sweep, ...reader }: Reader & { readonly sweep: boolean },
): Promise<SeldomRead> {
  const observe = async (endpoint: RelatedEndpoint): Promise<Known<EndpointSnapshot>> => {
    if (readings[endpoint].publishes === 'leader' && !reader.leader) return 'unobserved';
    if (sweep) return observeEndpoint(tools, event, { ...reader, endpoint });
    if (!('relationId' in event)) return 'unobserved';
    // Grafanas and those who send data sources are told of one another, by the leader.
    const isTold = reader.leader && [endpoint, event.endpoint].every((name) => datasourceEndpoints.has(name));
    if (isTold) return observeEndpoint(tools, event, { ...reader, endpoint });
    return event.endpoint === endpoint ? observeOne(tools, event, { ...reader, endpoint }) : 'unobserved';
  };
  const [senders, otlpSenders, grafanas, apiClients, catalogues, scrapers] = await Promise.all([
    observe(seldomRead.senders),
    observe(seldomRead.otlpSenders),
    observe(seldomRead.grafanas),
    observe(seldomRead.apiClients),
    observe(seldomRead.catalogues),
    observe(seldomRead.scrapers),
  ]);
  return { senders, otlpSenders, grafanas, apiClients, catalogues, scrapers };
}

/** Relations that are read in every event: Mimir's configuration, all URLs or the status depend on them. */
export type AlwaysRead = Pick<
  Snapshot,
  | 'ingress'
  | 'datasourcePeers'
  | 'configurers'
  | 'authorities'
  | 'certificates'
  | 'alertmanagers'
  | 'caches'
  | 'lokis'
  | 's3'
  | 'workloadTracing'
  | 'charmTracing'
>;

/** Reads the relations that every event needs. */
export async function observeAlwaysRead(tools: HookTools, event: Event, reader: Reader): Promise<AlwaysRead> {
  const observe = (endpoint: RelatedEndpoint) => observeEndpoint(tools, event, { ...reader, endpoint });
  const forLeader = async (endpoint: RelatedEndpoint): Promise<Known<EndpointSnapshot>> =>
    reader.leader ? observe(endpoint) : 'unobserved';
  const reads = {
    ingress: observe('ingress'),
    datasourcePeers: forLeader('send-datasource'),
    configurers: forLeader('remote-configuration'),
    authorities: observe('receive-ca-cert'),
    certificates: observe('certificates'),
    alertmanagers: observe('alertmanager'),
    caches: observe('memcached'),
    lokis: observe('logging'),
    s3: observe('s3'),
    workloadTracing: observe('workload-tracing'),
    charmTracing: observe('charm-tracing'),
  };
  await Promise.all(Object.values(reads));
  return {
    ingress: await reads.ingress,
    datasourcePeers: await reads.datasourcePeers,
    configurers: await reads.configurers,
    authorities: await reads.authorities,
    certificates: await reads.certificates,
    alertmanagers: await reads.alertmanagers,
    caches: await reads.caches,
    lokis: await reads.lokis,
    s3: await reads.s3,
    workloadTracing: await reads.workloadTracing,
    charmTracing: await reads.charmTracing,
  };
}

interface EndpointReader extends Reader {
  readonly endpoint: RelatedEndpoint;
}

type RelationEvent = Extract<Event, { relationId: number }>;

/** Reads all relations of an endpoint but one that is breaking. */
export async function observeEndpoint(
  tools: HookTools,
  event: Event,
  reader: EndpointReader,
): Promise<EndpointSnapshot> {
  const ids = (await tools.relationIds(reader.endpoint)).filter((id) => !isBroken(event, id));
  const relations = await Promise.all(ids.map((id) => observeRelation(tools, reader, id)));
  return { scope: 'all', relations: relations.filter((relation) => relation !== undefined) };
}

/** Reads the relation that an event is about. */
async function observeOne(
  tools: HookTools,
  event: RelationEvent,
  reader: EndpointReader,
): Promise<EndpointSnapshot> {
  const { relationId } = event;
  const gone = isBroken(event, relationId);
  const relation = gone ? undefined : await observeRelation(tools, reader, relationId);
  return { scope: [relationId], relations: relation === undefined ? [] : [relation] };
}

/** Juju may still list and read the relation that is breaking; for us it is gone. */
function isBroken(event: Event, relationId: number): event is EventOf<'relation-broken'> {
  return event.kind === 'relation-broken' && event.relationId === relationId;
}

const emptyBag: Databag = {};

/** Where each unit writes into its own bag, and where the leader writes into that of the application. */
const writers: Readonly<Record<'units' | 'leader', ReadonlySet<Reading['publishes']>>> = {
  units: new Set(['everyone', 'units']),
  leader: new Set(['everyone', 'leader']),
};

/** Reads one relation; undefined if Juju no longer knows it. */
async function observeRelation(
  tools: HookTools,
  reader: EndpointReader,
  id: number,
): Promise<RelationSnapshot | undefined> {
  const { identity, leader, endpoint } = reader;
  const { remoteUnits, publishes } = readings[endpoint];
  const isOurs = leader && writers.leader.has(publishes);
  const [unitBag, appBag, remoteApp, remoteUnitBags] = await Promise.all([
    writers.units.has(publishes) ? tools.relationGet(id, { unit: identity.unit }) : emptyBag,
    isOurs ? tools.relationGet(id, { app: identity.application }) : undefined,
    observeRemoteApp(tools, reader, id),
    remoteUnits ? observeRemoteUnits(tools, id) : new Map(),
  ]);
  const isGone = unitBag === undefined || (publishes === 'leader' && isOurs && appBag === undefined);
  if (isGone) return undefined;
  return { id, unitBag, appBag: appBag ?? 'unobserved', ...remoteApp, remoteUnitBags };
}

async function observeRemoteApp(
  tools: HookTools,
  { leader, endpoint }: EndpointReader,
  id: number,
): Promise<Pick<RelationSnapshot, 'application' | 'remoteAppBag'>> {
  const { remoteApp } = readings[endpoint];
  const needed = remoteApp === 'everyone' || (remoteApp === 'leader' && leader);
  const application = needed ? await tools.relationApp(id) : undefined;
  if (application === undefined) return { application, remoteAppBag: 'unobserved' };
  return { application, remoteAppBag: (await tools.relationGet(id, { app: application })) ?? 'unobserved' };
}

/** Reads the bags of a relation's units, this one left out, by their names. */
export async function observeRemoteUnits(
  tools: HookTools,
  id: number,
): Promise<ReadonlyMap<string, Databag>> {
  const units = await tools.relationUnits(id);
  const bags = await Promise.all(units.map((unit) => tools.relationGet(id, { unit })));
  return new Map(
    units.flatMap((unit, index) => {
      const bag = bags[index];
      return bag === undefined ? [] : [[unit, bag] as const];
    }),
  );
}

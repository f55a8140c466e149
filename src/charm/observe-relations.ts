import type { Databag, Event, EventOf, HookTools } from '../juju/index.ts';
import type { EndpointSnapshot, RelationSnapshot, UnitIdentity } from './snapshot.ts';

/** Who reads: what a unit may and need read depends on it. */
export interface Reader {
  readonly identity: UnitIdentity;
  readonly leader: boolean;
}

/** Endpoints whose relations are read in one manner. */
export type RelatedEndpoint =
  'receive-remote-write' | 'receive-otlp' | 'grafana-source' | 'alertmanager' | 'memcached' | 's3';

/** What of an endpoint's relations means something to us, beside our own bags. */
interface Reading {
  /** Who needs the other application's bag. */
  readonly remoteApp: 'leader' | 'everyone' | 'nobody';
  readonly remoteUnits: boolean;
  /** We publish something there. */
  readonly publishes: boolean;
}

const readings: Readonly<Record<RelatedEndpoint, Reading>> = {
  'receive-remote-write': { remoteApp: 'leader', remoteUnits: false, publishes: true },
  'receive-otlp': { remoteApp: 'leader', remoteUnits: false, publishes: true },
  'grafana-source': { remoteApp: 'everyone', remoteUnits: false, publishes: true },
  alertmanager: { remoteApp: 'nobody', remoteUnits: true, publishes: false },
  memcached: { remoteApp: 'nobody', remoteUnits: true, publishes: false },
  s3: { remoteApp: 'everyone', remoteUnits: false, publishes: true },
};

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
export async function observeOne(
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

/** Reads one relation; undefined if Juju no longer knows it. */
async function observeRelation(
  tools: HookTools,
  reader: EndpointReader,
  id: number,
): Promise<RelationSnapshot | undefined> {
  const { identity, leader, endpoint } = reader;
  const { remoteUnits, publishes } = readings[endpoint];
  const [unitBag, appBag, remoteApp, remoteUnitBags] = await Promise.all([
    publishes ? tools.relationGet(id, { unit: identity.unit }) : emptyBag,
    publishes && leader ? tools.relationGet(id, { app: identity.application }) : undefined,
    observeRemoteApp(tools, reader, id),
    remoteUnits ? observeRemoteUnits(tools, id) : new Map(),
  ]);
  if (unitBag === undefined) return undefined;
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

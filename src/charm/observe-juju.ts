import type { Event, HookTools } from '../juju/index.ts';
import type { endpoints } from './declared.ts';
import { observeEndpoint, observeOne, type Reader } from './observe-relations.ts';
import { parseShownStatus } from './problem.ts';
import type { EndpointSnapshot, PeerRelation, Snapshot, UnitIdentity } from './snapshot.ts';

/** What Juju says, read once per dispatch. */
export type JujuFacts = Pick<
  Snapshot,
  | 'identity'
  | 'leader'
  | 'dying'
  | 'plannedUnits'
  | 'options'
  | 'unitStatus'
  | 'applicationStatus'
  | 'openedPorts'
  | 'peers'
  | 'senders'
  | 'grafanas'
  | 'alertmanagers'
>;

/** The endpoint of the units of this application among themselves. */
const peerEndpoint = 'mimir-peers' satisfies keyof typeof endpoints;

/** Events after which every relation is read, not only the one that the event is about. */
const sweeps: ReadonlySet<Event['kind']> = new Set([
  'leader-elected',
  'upgrade-charm',
  'pebble-check-recovered',
  'update-status',
]);

/** Reads from Juju what the event can need; the order and number of calls are the same each time. */
export async function observeJuju(
  tools: HookTools,
  event: Event,
  identity: UnitIdentity,
): Promise<JujuFacts> {
  const leader = await tools.isLeader();
  const goal = await tools.goalState();
  const units = Object.entries(goal.units);
  const dying = event.kind === 'storage-detaching' || isDying(goal.units[identity.unit]?.status);
  return {
    identity,
    leader,
    dying,
    plannedUnits: units.filter(([, { status }]) => !isDying(status)).length,
    options: await tools.configGet(),
    unitStatus: parseShownStatus(await tools.statusGet({ application: false })),
    applicationStatus: leader ? parseShownStatus(await tools.statusGet({ application: true })) : 'unobserved',
    openedPorts: await tools.openedPorts(),
    ...(await observeRelations(tools, event, { identity, leader })),
  };
}

function isDying(status: string | undefined): boolean {
  return status === 'dying' || status === 'dead';
}

/** Reads the bags, save in install: a unit enters its relations only after it (Juju: relation/relationer.go). */
async function observeRelations(
  tools: HookTools,
  event: Event,
  reader: Reader,
): Promise<Pick<Snapshot, 'peers' | 'senders' | 'grafanas' | 'alertmanagers'>> {
  const alertmanagers: EndpointSnapshot = { scope: 'all', relations: [] };
  if (event.kind === 'install') {
    return { peers: undefined, senders: 'unobserved', grafanas: 'unobserved', alertmanagers };
  }
  const observe = async (endpoint: 'receive-remote-write' | 'grafana-source') => {
    if (sweeps.has(event.kind)) return observeEndpoint(tools, event, { ...reader, endpoint });
    if (!('relationId' in event) || event.endpoint !== endpoint) return 'unobserved';
    return observeOne(tools, event, { ...reader, endpoint });
  };
  return {
    peers: await observePeers(tools, reader),
    senders: await observe('receive-remote-write'),
    grafanas: await observe('grafana-source'),
    alertmanagers: await observeEndpoint(tools, event, { ...reader, endpoint: 'alertmanager' }),
  };
}

async function observePeers(
  tools: HookTools,
  { identity, leader }: Reader,
): Promise<PeerRelation | undefined> {
  const [id] = await tools.relationIds(peerEndpoint);
  if (id === undefined) return undefined;
  const unitBag = await tools.relationGet(id, { unit: identity.unit });
  if (unitBag === undefined) return undefined;
  const appBag = leader ? await tools.relationGet(id, { app: identity.application }) : undefined;
  return { id, unitBag, appBag: appBag ?? 'unobserved' };
}

import type { Databag, Event, HookTools } from '../juju/index.ts';
import type { endpoints } from './declared.ts';
import { parseShownStatus } from './problem.ts';
import type { PeerRelation, SenderRelation, Senders, Snapshot, UnitIdentity } from './snapshot.ts';

/** What Juju says, read once per dispatch. */
export type JujuFacts = Omit<Snapshot, 'workload' | 'ruler' | 'refusedRules'>;

/** The endpoint that remote-write senders relate to. */
export const senderEndpoint = 'receive-remote-write' satisfies keyof typeof endpoints;
/** The endpoint of the units of this application among themselves. */
const peerEndpoint = 'mimir-peers' satisfies keyof typeof endpoints;

/** Events after which every sender is read, not only the one that the event is about. */
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
  context: ReaderContext,
): Promise<Pick<Snapshot, 'peers' | 'senders'>> {
  if (event.kind === 'install') return { peers: undefined, senders: 'unobserved' };
  const peers = await observePeers(tools, context.identity);
  if (sweeps.has(event.kind)) return { peers, senders: await observeSenders(tools, event, context) };
  if (!('relationId' in event) || event.endpoint !== senderEndpoint) return { peers, senders: 'unobserved' };
  const { relationId } = event;
  const relation = isBroken(event, relationId) ? undefined : await observeSender(tools, context, relationId);
  return { peers, senders: { scope: [relationId], relations: relation === undefined ? [] : [relation] } };
}

/** Juju may still list and read the relation that is breaking; for us it is gone. */
function isBroken(event: Event, relationId: number): boolean {
  return event.kind === 'relation-broken' && event.relationId === relationId;
}

/** Who reads: what a unit may and need read depends on it. */
interface ReaderContext {
  readonly identity: UnitIdentity;
  readonly leader: boolean;
}

/** Reads all senders but one that is breaking. */
export async function observeSenders(
  tools: HookTools,
  event: Event,
  context: ReaderContext,
): Promise<Senders> {
  const relations: SenderRelation[] = [];
  for (const id of await tools.relationIds(senderEndpoint)) {
    if (isBroken(event, id)) continue;
    const relation = await observeSender(tools, context, id);
    if (relation !== undefined) relations.push(relation);
  }
  return { scope: 'all', relations };
}

/** Reads one sender; undefined if Juju no longer knows the relation. */
async function observeSender(
  tools: HookTools,
  { identity, leader }: ReaderContext,
  id: number,
): Promise<SenderRelation | undefined> {
  const unitBag = await tools.relationGet(id, { unit: identity.unit });
  if (unitBag === undefined) return undefined;
  const own = { id, unitBag };
  if (!leader) return { ...own, application: undefined, appBag: 'unobserved', remoteAppBag: 'unobserved' };
  const application = await tools.relationApp(id);
  const appBag = (await tools.relationGet(id, { app: identity.application })) ?? 'unobserved';
  const remoteAppBag = await readRemoteApp(tools, id, application);
  return { ...own, application, appBag, remoteAppBag };
}

async function readRemoteApp(
  tools: HookTools,
  id: number,
  application: string | undefined,
): Promise<Databag | 'unobserved'> {
  if (application === undefined) return 'unobserved';
  return (await tools.relationGet(id, { app: application })) ?? 'unobserved';
}

async function observePeers(tools: HookTools, identity: UnitIdentity): Promise<PeerRelation | undefined> {
  const [id] = await tools.relationIds(peerEndpoint);
  if (id === undefined) return undefined;
  const unitBag = await tools.relationGet(id, { unit: identity.unit });
  return unitBag === undefined ? undefined : { id, unitBag };
}

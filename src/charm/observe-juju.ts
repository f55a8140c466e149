import { secretIdIn } from '../interfaces/s3.ts';
import {
  type Databag,
  type Event,
  type GoalState,
  type HookTools,
  isSecretUri,
  type SecretContent,
} from '../juju/index.ts';
import type { endpoints } from './declared.ts';
import {
  type AlwaysRead,
  observeAlwaysRead,
  observeRemoteUnits,
  observeSeldomRead,
  type Reader,
  type SeldomRead,
} from './observe-relations.ts';
import { parseShownStatus } from './problem.ts';
import { credentialsSecretId } from './s3-option.ts';
import type { EndpointSnapshot, PeerRelation, Snapshot, UnitIdentity } from './snapshot.ts';
import { keyLabel, observeExpiry, observeUnitKey } from './unit-key.ts';

/** What Juju says, read once per dispatch. */
export type JujuFacts = Pick<
  Snapshot,
  | 'identity'
  | 'leader'
  | 'dying'
  | 'prepareAnew'
  | 'plannedUnits'
  | 'options'
  | 'unitStatus'
  | 'applicationStatus'
  | 'openedPorts'
  | 'peers'
  | keyof SeldomRead
  | keyof AlwaysRead
  | 'podAddress'
  | 's3Expected'
  | 'certificatesExpected'
  | 'unitKey'
  | 'requestExpired'
  | 's3Secret'
  | 's3OptionSecret'
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

/** Reads from Juju what the event can need; what does not depend on one another is asked for together. */
export async function observeJuju(
  tools: HookTools,
  event: Event,
  identity: UnitIdentity,
): Promise<JujuFacts> {
  const [leader, goal, options, unitStatus, openedPorts] = await Promise.all([
    tools.isLeader(),
    tools.goalState(),
    tools.configGet(),
    tools.statusGet({ application: false }),
    tools.openedPorts(),
  ]);
  const units = Object.entries(goal.units);
  const [applicationStatus, relations, s3OptionSecret, requestExpired] = await Promise.all([
    leader ? tools.statusGet({ application: true }) : undefined,
    observeRelations(tools, event, { identity, leader, lone: units.length <= 1 }),
    readSecret(tools, credentialsSecretId({ options })),
    observeExpiry(tools, event),
  ]);
  return {
    identity,
    leader,
    dying: event.kind === 'storage-detaching' || isDying(goal.units[identity.unit]?.status),
    prepareAnew: event.kind === 'upgrade-charm' || event.kind === 'leader-elected',
    plannedUnits: units.filter(([, { status }]) => !isDying(status)).length,
    s3Expected: isExpected(goal, event, 's3'),
    certificatesExpected: isExpected(goal, event, 'certificates'),
    requestExpired,
    options,
    unitStatus: parseShownStatus(unitStatus),
    applicationStatus: applicationStatus === undefined ? 'unobserved' : parseShownStatus(applicationStatus),
    openedPorts,
    ...relations,
    s3OptionSecret,
  };
}

/** A unit hears of its relations by events, one by one, and not before it is installed; goal-state tells of them before. */
function isExpected({ relations }: GoalState, event: Event, endpoint: string): boolean {
  if (event.kind === 'relation-broken' && event.endpoint === endpoint) return false;
  const related = Object.entries(relations[endpoint] ?? {});
  return related.some(([name, { status }]) => !name.includes('/') && /^join(ed|ing)$/.test(status));
}

function isDying(status: string | undefined): boolean {
  return status === 'dying' || status === 'dead';
}

/** Reads the bags, save in install: a unit enters its relations only after it (Juju: relation/relationer.go). */
async function observeRelations(
  tools: HookTools,
  event: Event,
  reader: PeerReader,
): Promise<
  Pick<Snapshot, 'peers' | keyof SeldomRead | keyof AlwaysRead | 'podAddress' | 's3Secret' | 'unitKey'>
> {
  if (event.kind === 'install') return nothingYet;
  const [peers, seldom, always] = await Promise.all([
    observePeers(tools, reader),
    observeSeldomRead(tools, event, { ...reader, sweep: sweeps.has(event.kind) }),
    observeAlwaysRead(tools, event, reader),
  ]);
  const endsCertificates = event.kind === 'relation-broken' && event.endpoint === 'certificates';
  // Juju may tell of a key whose relation was removed by force.
  const isOfKey = 'label' in event && event.label === keyLabel;
  const hasKey = always.certificates.relations.length > 0 || endsCertificates || isOfKey;
  const [s3Secret, unitKey, podAddress] = await Promise.all([
    observeS3Secret(tools, always.s3),
    hasKey ? observeUnitKey(tools) : undefined,
    always.ingress.relations.length > 0 ? readPodAddress(tools) : undefined,
  ]);
  return { peers, ...seldom, ...always, podAddress, s3Secret, unitKey };
}

const nothingRelated: EndpointSnapshot = { scope: 'all', relations: [] };
const nothingYet = {
  peers: undefined,
  senders: 'unobserved',
  otlpSenders: 'unobserved',
  grafanas: 'unobserved',
  apiClients: 'unobserved',
  datasourcePeers: 'unobserved',
  configurers: 'unobserved',
  catalogues: 'unobserved',
  scrapers: 'unobserved',
  ingress: nothingRelated,
  podAddress: undefined,
  authorities: nothingRelated,
  certificates: nothingRelated,
  unitKey: undefined,
  alertmanagers: nothingRelated,
  caches: nothingRelated,
  lokis: nothingRelated,
  s3: nothingRelated,
  workloadTracing: nothingRelated,
  charmTracing: nothingRelated,
  s3Secret: undefined,
} as const;

/** Juju: the address to bind to is the pod's; the one that it calls ingress address is the Service's. */
async function readPodAddress(tools: HookTools): Promise<string | undefined> {
  return (await tools.networkGet('ingress')).bindAddresses[0];
}

async function observeS3Secret(
  tools: HookTools,
  { relations: [relation] }: EndpointSnapshot,
): Promise<SecretContent | undefined> {
  const bag = relation?.remoteAppBag ?? 'unobserved';
  return bag === 'unobserved' ? undefined : readSecret(tools, secretIdIn(bag));
}

/** Reads the newest revision: the keys of the one before may be refused already. */
async function readSecret(tools: HookTools, id: string | undefined): Promise<SecretContent | undefined> {
  return id === undefined || !isSecretUri(id) ? undefined : tools.secretGet({ id, revision: 'refresh' });
}

interface PeerReader extends Reader {
  /** Juju knows no other unit of the application. */
  readonly lone: boolean;
}

async function observePeers(
  tools: HookTools,
  { identity, lone }: PeerReader,
): Promise<PeerRelation | undefined> {
  const [id] = await tools.relationIds(peerEndpoint);
  if (id === undefined) return undefined;
  const [unitBag, appBag, unitBags] = await Promise.all([
    tools.relationGet(id, { unit: identity.unit }),
    tools.relationGet(id, { app: identity.application }),
    lone ? new Map<string, Databag>() : observeRemoteUnits(tools, id),
  ]);
  return unitBag && appBag && { id, unitBag, appBag, unitBags };
}

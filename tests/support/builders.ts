import type { Databag } from '../../src/juju/index.ts';
import { keys } from '../../src/interfaces/prometheus-remote-write.ts';
import { mimirLayer, serviceName } from '../../src/charm/layer.ts';
import {
  type Container,
  type EndpointSnapshot,
  type PeerRelation,
  type RelationSnapshot,
  type Snapshot,
  type UnitIdentity,
  writableEndpoints,
} from '../../src/charm/snapshot.ts';
import { reconcile } from '../../src/charm/reconcile.ts';

/** The unit that snapshots are of, unless a test says otherwise. */
export const identity: UnitIdentity = {
  unit: 'mimir-k8s/0',
  application: 'mimir-k8s',
  model: 'cos',
  modelUuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
  clusterDomain: 'cluster.local',
};

export type { Container };

/** A container as it is right after its start: nothing of ours is in it. */
export function anEmptyContainer(changes: Partial<Container> = {}): Container {
  return {
    reachable: true,
    plan: { services: {}, checks: {}, 'log-targets': {} },
    service: 'absent',
    files: new Map(),
    version: '3.0.5',
    rejection: undefined,
    storeTrouble: undefined,
    lastWords: undefined,
    ready: false,
    checkDown: false,
    quorumLost: false,
    ...changes,
  };
}

/** The peer relation of a lone unit that has written nothing yet, with `changes`. */
export function thePeers(changes: Partial<PeerRelation> = {}): PeerRelation {
  return { id: 0, unitBag: {}, appBag: {}, unitBags: new Map(), ...changes };
}

/** A snapshot of a lone leader right after its container came up, with `changes`; refuses what Juju never shows. */
export function aSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  const snapshot: Snapshot = {
    identity,
    now: new Date('2026-11-25T12:00:00Z'),
    leader: true,
    dying: false,
    plannedUnits: 1,
    options: { tsdb_block_retention_period: '24h' },
    unitStatus: undefined,
    applicationStatus: changes.leader === false ? 'unobserved' : undefined,
    openedPorts: [],
    peers: thePeers(),
    senders: 'unobserved',
    // A sweep reads the senders of both kinds.
    otlpSenders: isSwept(changes.senders) ? allRelations() : 'unobserved',
    grafanas: 'unobserved',
    apiClients: 'unobserved',
    datasourcePeers: 'unobserved',
    configurers: 'unobserved',
    catalogues: 'unobserved',
    scrapers: 'unobserved',
    ingress: { scope: 'all', relations: [] },
    podAddress: '10.1.0.3',
    authorities: { scope: 'all', relations: [] },
    certificates: { scope: 'all', relations: [] },
    certificatesExpected: false,
    unitKey: undefined,
    requestExpired: false,
    alertmanagers: { scope: 'all', relations: [] },
    caches: { scope: 'all', relations: [] },
    lokis: { scope: 'all', relations: [] },
    fullNames: new Map(),
    s3: { scope: 'all', relations: [] },
    workloadTracing: { scope: 'all', relations: [] },
    charmTracing: { scope: 'all', relations: [] },
    s3Expected: false,
    s3Secret: undefined,
    s3OptionSecret: undefined,
    workload: anEmptyContainer(),
    disk: undefined,
    diskFull: false,
    ruler: 'unobserved',
    prepareAnew: false,
    alertmanagerConfig: 'unobserved',
    refusedRules: new Map(),
    unpackedRules: new Map(),
    refusedAlertmanagerConfig: undefined,
    mimirTrouble: undefined,
    replanned: false,
    flushed: false,
    peersDown: undefined,
    ...changes,
  };
  checkConsistency(snapshot);
  return snapshot;
}

/** A snapshot in which Mimir runs and is ready with just what the plan of `changes` says. */
export function aRunningSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  const before = aSnapshot(changes);
  return { ...before, workload: asPlanned(before) };
}

/** The container after a plan for `snapshot` was carried out and Mimir came up. */
export function asPlanned(snapshot: Snapshot): Container {
  const started = settle(snapshot);
  return settle({ ...snapshot, workload: started, replanned: true });
}

function settle(snapshot: Snapshot): Container {
  const { workload } = reconcile(snapshot);
  if (workload === 'unobserved') throw new Error('cannot settle: the plan has no workload');
  const files = new Map(snapshot.workload.reachable ? snapshot.workload.files : []);
  for (const [path, { content }] of workload.files) files.set(path, content);
  const { services = {}, checks = {} } = workload.layer;
  return anEmptyContainer({
    files,
    plan: {
      services,
      checks,
      'log-targets': workload.logTargets === 'unobserved' ? {} : workload.logTargets,
    },
    service: workload.run ? 'active' : 'inactive',
    ready: workload.run,
  });
}

/** A layer as it stands in the plan of a container whose Mimir runs with `hash`. */
export function aPlan(hash: string): Container['plan'] {
  const { services = {}, checks = {} } = mimirLayer({
    run: true,
    hash,
    version: '3.0.5',
    replicated: false,
    trusting: false,
    https: false,
    tracing: {},
  });
  return { services, checks, 'log-targets': {} };
}

/** One relation to a sender, as the leader sees it. */
export function aSender(id: number, changes: Partial<RelationSnapshot> = {}): RelationSnapshot {
  return {
    id,
    application: `sender-${id}`,
    unitBag: {},
    appBag: {},
    remoteAppBag: {},
    remoteUnitBags: new Map(),
    ...changes,
  };
}

/** One relation to a Grafana that has answered `remoteAppBag`, as the leader sees it. */
export function aGrafana(
  id: number,
  remoteAppBag: RelationSnapshot['remoteAppBag'],
  changes: Partial<RelationSnapshot> = {},
): RelationSnapshot {
  return { ...aSender(id), application: `grafana-${id}`, remoteAppBag, ...changes };
}

/** One relation to an Alertmanager whose units have written these bags. */
export function anAlertmanager(id: number, bags: Readonly<Record<string, Databag>>): RelationSnapshot {
  const remoteUnitBags = new Map(Object.entries(bags));
  return { ...aSender(id), application: undefined, appBag: 'unobserved', remoteUnitBags };
}

/** All relations of an endpoint, as a sweep reads them. */
export function allRelations(...relations: readonly RelationSnapshot[]): EndpointSnapshot {
  return { scope: 'all', relations };
}

/** A sender's app bag with one alert over one metric. */
export function alertRules(name: string, expr: string): Record<string, string> {
  const [key] = keys.requirerApp;
  return { [key]: JSON.stringify({ groups: [{ name, rules: [{ alert: 'Firing', expr }] }] }) };
}

function isSwept(endpoint: Snapshot['senders'] = 'unobserved'): boolean {
  return endpoint !== 'unobserved' && endpoint.scope === 'all';
}

function checkConsistency(snapshot: Snapshot): void {
  const { leader, applicationStatus, alertmanagers, workload, ruler } = snapshot;
  const endpoints = [...writableEndpoints(snapshot), alertmanagers];
  const relations = endpoints.flatMap((endpoint): readonly RelationSnapshot[] => endpoint.relations);
  const container = workload.reachable ? workload : anEmptyContainer();
  const impossible: Readonly<Record<string, boolean>> = {
    "only a leader reads its own application's bag":
      !leader && relations.some(({ appBag }) => appBag !== 'unobserved'),
    "only a leader reads the application's status": !leader && applicationStatus !== 'unobserved',
    'only a leader reads the ruler': !leader && ruler !== 'unobserved',
    "only a leader reads the Alertmanager's configuration":
      !leader && snapshot.alertmanagerConfig !== 'unobserved',
    'two relations have one id': new Set(relations.map(({ id }) => id)).size < relations.length,
    'Mimir is ready, but not running': container.ready && container.service !== 'active',
    'a service that the plan lacks':
      container.service !== 'absent' && !(serviceName in container.plan.services),
  };
  const [why] = Object.keys(impossible).filter((reason) => impossible[reason]);
  if (why !== undefined) throw new Error(`cannot build an impossible snapshot: ${why}`);
}

import { keys as peerKeys, publishAgreement, publishPeer } from '../interfaces/mimir-peers.ts';
import { keys as senderKeys, publish, publishEvent } from '../interfaces/prometheus-remote-write.ts';
import { alertmanagerFallback } from '../mimir/config/alertmanager.ts';
import { speaksTls } from '../mimir/config/tls.ts';
import { paths } from '../mimir/paths.ts';
import { ports } from '../mimir/ports.ts';
import { namespaceOf } from '../mimir/namespaces.ts';
import type { Layer } from '../pebble/index.ts';
import type { CharmState, ChosenConfig } from './charm-state.ts';
import { planAuthorityBags } from './authorities.ts';
import { planCatalogueBags } from './catalogue.ts';
import { planCertificateBags } from './certificates.ts';
import { planDatasourceBags } from './datasource-exchange.ts';
import { planGrafanaBags } from './grafana.ts';
import { leave } from './handlers/leave.ts';
import { heldFile } from './held-file.ts';
import { planS3Bags, storeInUse } from './object-store.ts';
import { planIngressBags } from './ingress.ts';
import { interpret } from './interpret.ts';
import { noteKeys, publishNotes } from './leader-notes.ts';
import { mimirLayer, serviceName, trustVariable } from './layer.ts';
import { planLogBags } from './logging.ts';
import { planOtlpBags } from './otlp.ts';
import type { Plan, PlannedBag, PlannedFile, PlannedRules, PlannedWorkload } from './plan.ts';
import { planApiBags } from './prometheus-api.ts';
import { isReplicated } from './replication.ts';
import { ruleSources } from './rule-sources.ts';
import { planScrapeBags } from './self-metrics.ts';
import { planTracingBags } from './trace-receiver.ts';
import { tracingEnvironment } from './workload-tracing.ts';
import { hashIn, type Known, type PeerRelation, type RelationSnapshot, type Snapshot } from './snapshot.ts';

/** Plans the world as it should be, out of a snapshot of what it is. A dying unit only leaves. */
export function reconcile(snapshot: Snapshot): Plan {
  if (snapshot.dying) return leave(snapshot);
  const state = interpret(snapshot);
  return {
    workload: planWorkload(snapshot, state),
    rules: planRules(snapshot, state),
    alertmanagerConfig: state.alertmanagerConfig,
    bags: planBags(snapshot, state),
    ports: [ports.http, ports.grpc, ports.gossip],
    version: 'unobserved',
    sweep: state.sweep,
    key: state.key,
    obsolete: undefined,
    problems: state.problems,
  };
}

function planWorkload(snapshot: Snapshot, state: CharmState): Known<PlannedWorkload> {
  const { workload, diskFull } = snapshot;
  // Nothing is half written: what runs goes on with what it has.
  if (!workload.reachable || diskFull) return 'unobserved';
  const { config } = state;
  const files = new Map<string, PlannedFile>([
    [paths.limits, { content: state.limits, permissions: '644' }],
    [paths.alertmanagerFallback, { content: alertmanagerFallback, permissions: '644' }],
    // Without Mimir in the image nothing could validate it; and what is not to run yet is no configuration to go back to.
    ...(state.run ? [...planConfig(snapshot, config), ...planTls(snapshot, state)] : []),
    ...paths.shutdownMarkers.map((path) => [path, absent] as const),
    // What was kept for a move that does not happen would be stale at the next one.
    ...(state.move === undefined && storeInUse(workload) === 'filesystem' ? [noUserState] : []),
  ]);
  const layer = planLayer(snapshot, state, workload.version);
  return {
    files,
    layer,
    logTargets: state.logTargets,
    run: state.run,
    move: state.move,
    request: state.request,
  };
}

function planLayer(snapshot: Snapshot, { run, config }: CharmState, version = ''): Layer {
  return mimirLayer({
    ...{ run, version },
    hash: config?.hash ?? '',
    replicated: isReplicated(config?.text),
    trusting: isTrusting(snapshot, config),
    https: speaksTls(config?.text),
    tracing: tracingEnvironment(snapshot.identity, config?.tracesTo),
  });
}

/** A configuration that stays in force leaves the service as it is in Pebble's plan: nothing restarts. */
function isTrusting({ workload }: Snapshot, config: ChosenConfig | undefined): boolean {
  if (config?.authorities !== undefined) return config.authorities.trusted !== '';
  const environment = workload.reachable ? workload.plan.services[serviceName]?.environment : undefined;
  return environment?.[trustVariable] !== undefined;
}

const absent: PlannedFile = { content: undefined, permissions: '600' };
const noUserState: readonly [string, PlannedFile] = [paths.userState, absent];

/** The configuration with what belongs to it. */
function planConfig(
  snapshot: Snapshot,
  config: ChosenConfig | undefined,
): readonly (readonly [string, PlannedFile])[] {
  if (config === undefined) return [];
  const { text, hash, authorities, asked } = config;
  const secret: PlannedFile = { content: text, permissions: '600' };
  const [storeCa, trustedCa] = [authorities?.store, authorities?.trusted].map((pem) =>
    pem === undefined ? undefined : certificates(pem),
  );
  const proven = isProven(snapshot, hash);
  const files: readonly (readonly [string, PlannedFile | undefined])[] = [
    [paths.config, secret],
    [paths.storeCa, storeCa],
    [paths.trustedCa, trustedCa],
    [paths.lastGood.config, proven ? secret : undefined],
    [paths.lastGood.storeCa, proven ? storeCa : undefined],
    [paths.lastGood.trustedCa, proven ? trustedCa : undefined],
    [paths.lastGood.rejection, asked ? absent : undefined],
  ];
  return files.flatMap(([path, file]) => (file === undefined ? [] : [[path, file] as const]));
}

/**
 * A renewed certificate is shown without a restart; one of another authority comes with the configuration that all units
 * change to. The files stay until a Mimir that reads them is gone, and nothing goes back to it.
 */
function planTls(
  snapshot: Snapshot,
  { config, tls }: CharmState,
): readonly (readonly [string, PlannedFile])[] {
  const { certificate, key, ca } = paths.tlsFiles;
  if (!speaksTls(config?.text))
    return isOver(snapshot, config) ? [certificate, key, ca].map((path) => [path, absent] as const) : [];
  const isKept = config?.asked !== true && tls?.ca !== heldFile(snapshot, ca);
  if (tls === undefined || isKept) return [];
  return [
    [certificate, { content: tls.certificate, permissions: '644' }],
    [key, { content: tls.key, permissions: '600' }],
    [ca, { content: tls.ca, permissions: '644' }],
  ];
}

/** No Mimir reads them any more, and none would if it went back to the last good configuration. */
function isOver(snapshot: Snapshot, config: ChosenConfig | undefined): boolean {
  const isProof = config !== undefined && isProven(snapshot, config.hash);
  const goesBack = speaksTls(heldFile(snapshot, paths.lastGood.config)) && !isProof;
  return !goesBack && !speaksTls(heldFile(snapshot, paths.config));
}

/** Nobody else's certificates are in a file that holds none. */
function certificates(pem: string): PlannedFile {
  return { content: pem === '' ? undefined : pem, permissions: '644' };
}

/** Mimir is ready and runs with this very configuration; only after a replan does the plan say what runs. */
function isProven({ workload, replanned }: Snapshot, hash: string): boolean {
  return workload.reachable && workload.ready && replanned && hashIn(workload) === hash;
}

/** Only the leader speaks to the ruler, only for senders that were read, and only when the ruler was read too. */
function planRules(snapshot: Snapshot, state: CharmState): Known<PlannedRules> {
  const { leader, ruler } = snapshot;
  const senders = ruleSources(snapshot);
  if (!leader || senders === 'unobserved' || ruler === 'unobserved') return 'unobserved';
  const groups = state.senderRules.map(
    ({ relationId, groups }) => [namespaceOf(relationId), groups] as const,
  );
  const wanted = new Map(groups.filter(([, { length }]) => length > 0));
  const unread = new Set(senders.relations.map(({ id }) => id));
  for (const { relationId } of state.senderRules) unread.delete(relationId);
  if (senders.scope === 'all' && unread.size === 0) return { wanted, scope: 'all' };
  const decided = senders.scope === 'all' ? senders.relations.map(({ id }) => id) : senders.scope;
  return { wanted, scope: decided.filter((id) => !unread.has(id)).map(namespaceOf) };
}

function planBags(snapshot: Snapshot, state: CharmState): Known<readonly PlannedBag[]> {
  const { peers, senders } = snapshot;
  const relations = senders === 'unobserved' ? [] : senders.relations;
  return [
    ...(peers === undefined ? [] : planPeerBags(snapshot, peers, state)),
    ...relations.flatMap((relation) => planSenderBags(relation, state)),
    ...planOtlpBags(snapshot, state),
    ...planGrafanaBags(snapshot, state),
    ...planApiBags(snapshot, state.addresses),
    ...planDatasourceBags(snapshot),
    ...planCatalogueBags(snapshot, state.addresses),
    ...planScrapeBags(snapshot, state.addresses),
    ...planIngressBags(snapshot, state.addresses),
    ...planAuthorityBags(snapshot),
    ...planCertificateBags(snapshot),
    ...planLogBags(snapshot),
    ...planS3Bags(snapshot),
    ...planTracingBags(snapshot),
  ];
}

function planPeerBags(
  { leader }: Snapshot,
  { id }: PeerRelation,
  { peer, agreement, notes }: CharmState,
): readonly PlannedBag[] {
  const unitBag: PlannedBag = {
    relationId: id,
    scope: 'unit',
    owned: peerKeys.unit,
    values: publishPeer(peer),
  };
  if (!leader) return [unitBag];
  const values = { ...publishNotes(notes), ...publishAgreement(agreement) };
  return [unitBag, { relationId: id, scope: 'app', owned: [...noteKeys, ...peerKeys.app], values }];
}

function planSenderBags({ id, appBag }: RelationSnapshot, state: CharmState): readonly PlannedBag[] {
  const unitBag: PlannedBag = {
    relationId: id,
    scope: 'unit',
    owned: senderKeys.providerUnit,
    values: publish(`${state.addresses.external}/api/v1/push`),
  };
  const share = state.senderRules.find(({ relationId }) => relationId === id);
  if (appBag === 'unobserved' || share === undefined) return [unitBag];
  return [
    unitBag,
    { relationId: id, scope: 'app', owned: senderKeys.providerApp, values: publishEvent(share.error) },
  ];
}

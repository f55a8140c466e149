import type { Agreement, Peer } from '../interfaces/mimir-peers.ts';
import { speaksTls } from '../mimir/config/tls.ts';
import { podName, type Scheme, unitHostname } from './addresses.ts';
import { interpretAlertmanagerConfig } from './alertmanager-config.ts';
import { interpretCertificate, type InterpretedCertificate } from './certificates.ts';
import { interpretCharmTracing } from './charm-tracing.ts';
import type { CharmState, ChosenConfig, WorkloadRequest } from './charm-state.ts';
import { chooseConfig, type Configured } from './choose-config.ts';
import { containerName } from './declared.ts';
import { diskProblems } from './disk.ts';
import { datasourceProblems } from './datasource-exchange.ts';
import { interpretDeployment } from './deployment.ts';
import { interpretAddresses, type InterpretedAddresses } from './ingress.ts';
import { readNotes } from './leader-notes.ts';
import { interpretLimits } from './limits.ts';
import { interpretLogging } from './logging.ts';
import { byOrdinal, type Members, readMembers, waitingForUnits } from './members.ts';
import { storeInUse } from './object-store.ts';
import { isFailing } from './observe-workload.ts';
import type { PlannedKey } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import { factorRunning, type InterpretedReplication } from './replication.ts';
import type { InterpretedRestart } from './restart-turn.ts';
import { interpretSenders, noteSenders, senderProblems } from './sender-rules.ts';
import { type Container, isReady, type Snapshot } from './snapshot.ts';
import { interpretTls, type InterpretedTls } from './tls.ts';

/** Parses a snapshot into Mimir's words. Never throws: what cannot be parsed becomes a problem. */
export function interpret(snapshot: Snapshot): CharmState {
  const members = readMembers(snapshot);
  const { certificate, tls, replication, configured, addresses } = interpretConfig(snapshot, members);
  const limited = interpretLimits(snapshot, members, configured.config?.text);
  const { limits, exemplars } = limited;
  const told = toTell(snapshot, members, { addresses, exemplars });
  const run = configured.config !== undefined && hasBinary(snapshot) && replication.run && tls.run;
  const known = readNotes(snapshot.peers?.appBag ?? {});
  const senderRules = interpretSenders(snapshot, known);
  const notes = noteSenders(snapshot, known, senderRules);
  const alertmanager = interpretAlertmanagerConfig(snapshot);
  const logging = interpretLogging(snapshot);
  return {
    config: configured.config,
    move: configured.move,
    request: chooseRequest(snapshot, members, { ...configured, ...replication }),
    tls: tls.files,
    key: planKey(snapshot, certificate),
    limits,
    run,
    addresses,
    logTargets: logging.targets,
    exemplars,
    sweep: mustSweep(snapshot, members, told),
    peer: tellPeers(snapshot, members, { ...configured.restart, ...replication, ...told, ...certificate }),
    agreement: agree(snapshot, members, { ...configured.restart, ...replication, tls: tls.agreed }),
    senderRules,
    alertmanagerConfig: alertmanager.wanted,
    notes: { alertmanagerConfig: alertmanager.note, ...notes },
    problems: [
      ...[configured, limited, certificate, tls].flatMap(({ problems }) => problems),
      ...diskProblems(snapshot.disk, snapshot.diskFull),
      ...workloadProblems(snapshot, run),
      ...alertmanager.problems,
      ...senderProblems(notes.senders),
      ...datasourceProblems(snapshot),
      ...[addresses, logging, interpretCharmTracing(snapshot)].flatMap(({ problems }) => problems),
    ],
  };
}

/** What Mimir's configuration comes from, and what follows from it. */
interface InterpretedConfig {
  readonly certificate: InterpretedCertificate;
  readonly tls: InterpretedTls;
  readonly replication: InterpretedReplication;
  readonly configured: Configured;
  readonly addresses: InterpretedAddresses;
}

function interpretConfig(snapshot: Snapshot, members: Members): InterpretedConfig {
  const certificate = interpretCertificate(snapshot, members);
  const tls = interpretTls(snapshot, members, certificate);
  const wanted = interpretAddresses(snapshot, members, tls.https ? 'https' : 'http');
  const deployment = interpretDeployment(snapshot, members, { addresses: wanted, tls });
  const configured = chooseConfig(snapshot, members, { deployment, tls });
  const { config } = configured;
  // What is told follows what Mimir does, which may be what it did before; while it may not run, what the others do.
  const scheme = config === undefined || !tls.run ? wanted.scheme : schemeOf(config);
  const addresses = scheme === wanted.scheme ? wanted : interpretAddresses(snapshot, members, scheme);
  return { certificate, tls, replication: deployment.replication, configured, addresses };
}

function agree(
  { workload }: Snapshot,
  { alone, agreement }: Members,
  { agreed, turn, tls }: InterpretedRestart & InterpretedReplication & Pick<Agreement, 'tls'>,
): Agreement {
  return {
    factor: agreed,
    turn: alone ? undefined : turn,
    storage: storeInUse(workload) === 's3' ? 's3' : agreement.storage,
    tls,
  };
}

function schemeOf({ text }: ChosenConfig): Scheme {
  return speaksTls(text) ? 'https' : 'http';
}

function planKey(
  { unitKey }: Snapshot,
  { related, request, files, told }: InterpretedCertificate,
): PlannedKey {
  if (!related) return { kind: 'gone' };
  if (request !== undefined) return { kind: 'renewed', request, instead: unitKey?.request };
  return { kind: 'kept', renewAt: files && told?.renewAt };
}

function hasBinary({ workload }: Snapshot): boolean {
  return !workload.reachable || workload.version !== undefined;
}

type Requested = Pick<Configured, 'restart'> & Pick<InterpretedReplication, 'flush'>;

function chooseRequest(
  { identity }: Snapshot,
  { others }: Members,
  { restart, flush }: Requested,
): WorkloadRequest | undefined {
  if (restart.permission === 'ask-peers') {
    const units = byOrdinal(others.keys());
    return {
      kind: 'ask-peers',
      units: units.map((unit) => ({ unit, hostname: unitHostname({ ...identity, unit }) })),
    };
  }
  return flush ? { kind: 'flush' } : undefined;
}

/** What this unit tells its relations in common. */
type Told = Pick<Peer, 'url' | 'exemplars' | 'https'>;

type ToTell = InterpretedRestart &
  Pick<InterpretedReplication, 'cluster'> &
  Pick<InterpretedCertificate, 'told'> &
  Told;

/** Every relation that this unit tells something has been read. */
function readsAll({ senders, grafanas }: Snapshot): boolean {
  return [senders, grafanas].every((endpoint) => endpoint !== 'unobserved' && endpoint.scope === 'all');
}

/** Of exemplars the leader alone tells, and of how Mimir speaks where its URL is that of an ingress. */
function toTell(
  { leader }: Snapshot,
  { own }: Members,
  { addresses, exemplars }: Pick<CharmState, 'addresses' | 'exemplars'>,
): Told {
  const { external: url, scheme } = addresses;
  return leader
    ? { url, exemplars, https: scheme === 'https' }
    : { url, exemplars: own.exemplars, https: own.https };
}

function mustSweep(snapshot: Snapshot, { own }: Members, { url, exemplars, https }: Told): boolean {
  const isNew = own.url !== url || own.exemplars !== exemplars || own.https !== https;
  return isNew && snapshot.peers !== undefined && !readsAll(snapshot);
}

/** What this unit tells the others; what cannot be told now stays as it was told last. */
function tellPeers(
  snapshot: Snapshot,
  { own, alone }: Members,
  { wanted, done, cluster, url, exemplars, https, told }: ToTell,
): Peer {
  const { identity, workload, flushed } = snapshot;
  const factor = factorRunning(workload) ?? own.factor;
  return {
    hostname: unitHostname(identity),
    up: isReady(workload),
    factor,
    flushed: alone ? undefined : flushed ? factor : own.flushed,
    cluster,
    ...(readsAll(snapshot)
      ? { url, exemplars, https }
      : { url: own.url, exemplars: own.exemplars, https: own.https }),
    certificate: told,
    restartWanted: wanted,
    restartRefused: workload.reachable ? workload.rejection?.hash : own.restartRefused,
    restartDone: done,
  };
}

function workloadProblems({ workload, mimirTrouble, identity }: Snapshot, run: boolean): readonly Problem[] {
  const say = (status: 'blocked' | 'waiting', message: string): readonly Problem[] => [
    { status, source: containerName, message },
  ];
  if (!workload.reachable) return say('waiting', 'Waiting for the container: Kubernetes starts it.');
  if (workload.version === undefined) return [wrongImage];
  if (!run) return [];
  if (workload.ready) return servingProblems(workload, mimirTrouble);
  if (workload.storeTrouble !== undefined) return [storeProblem(workload.storeTrouble)];
  if (!isFailing(workload.service)) return say('waiting', 'Waiting for Mimir to be ready.');
  const pod = podName(identity.unit);
  const words = briefly(workload.lastWords ?? 'nothing');
  return say(
    'blocked',
    `Mimir keeps exiting; see kubectl logs -n ${identity.model} ${pod} -c ${containerName}. It says: ${words}`,
  );
}

/** What a Mimir that is ready cannot do all the same. */
function servingProblems(workload: Container, trouble: string | undefined): readonly Problem[] {
  // A unit that has just gone on alone has a check that does not know it yet.
  if (workload.quorumLost && factorRunning(workload) === 3) return [fewUnits];
  return trouble === undefined
    ? []
    : [{ status: 'waiting', source: containerName, message: delayed(trouble) }];
}

function storeProblem(words: string): Problem {
  const message = `Mimir cannot use the bucket, and asks again by itself until it is mended there: ${briefly(words)}.`;
  return { status: 'blocked', source: 's3', message };
}

const fewUnits: Problem = waitingForUnits(
  'Too few units serve: writes and queries fail until the others are back; see juju status and kubectl get pods.',
);

const wrongImage: Problem = {
  status: 'blocked',
  source: 'mimir-image',
  message:
    "The image has no /bin/mimir that runs; attach Mimir's own, such as grafana/mimir:3.0.5, with juju attach-resource.",
};

function delayed(trouble: string): string {
  return `What Mimir did not do follows at the next event: ${briefly(trouble)}.`;
}

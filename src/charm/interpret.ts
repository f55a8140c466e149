import { alertmanagerFallback } from '../mimir/config/alertmanager.ts';
import { defaultLimits } from '../mimir/config/limits.ts';
import { renderConfig, renderRuntimeConfig } from '../mimir/config/render.ts';
import { runCommand } from '../mimir/command.ts';
import { paths } from '../mimir/paths.ts';
import { restartHash } from '../mimir/restart-hash.ts';
import { applicationUrl, unitHostname } from './addresses.ts';
import { interpretAlertmanagerConfig } from './alertmanager-config.ts';
import type { CharmState, ChosenConfig, Move } from './charm-state.ts';
import { containerName } from './declared.ts';
import { interpretDeployment } from './deployment.ts';
import { readNotes } from './leader-notes.ts';
import { refusedBucket, storeInUse } from './object-store.ts';
import { isFailing } from './observe-workload.ts';
import { briefly, type Problem } from './problem.ts';
import { interpretSenders, noteSenders, senderProblems } from './sender-rules.ts';
import { hashIn, type Rejection, type Snapshot, versionIn, type Workload } from './snapshot.ts';

/** Parses a snapshot into Mimir's words. Never throws: what cannot be parsed becomes a problem. */
export function interpret(snapshot: Snapshot): CharmState {
  const configured = chooseConfig(snapshot);
  const replication = checkReplication(snapshot);
  const runnable = configured.config !== undefined && hasBinary(snapshot);
  const run = runnable && (replication === undefined || isFirstUnit(snapshot));
  const known = readNotes(snapshot.peers?.appBag ?? 'unobserved');
  const senderRules = interpretSenders(snapshot, known);
  const notes = noteSenders(snapshot, known, senderRules);
  const alertmanager = interpretAlertmanagerConfig(snapshot);
  return {
    config: configured.config,
    move: configured.move,
    limits: renderRuntimeConfig(defaultLimits, heldFile(snapshot, paths.limits)),
    run,
    applicationUrl: applicationUrl(snapshot.identity),
    hostname: unitHostname(snapshot.identity),
    senderRules,
    alertmanagerConfig: alertmanager.wanted,
    notes: { alertmanagerConfig: alertmanager.note, ...notes },
    problems: [
      ...configured.problems,
      ...(replication === undefined ? [] : [replication]),
      ...workloadProblems(snapshot, run),
      ...alertmanager.problems,
      ...senderProblems(notes.senders),
    ],
  };
}

function hasBinary({ workload }: Snapshot): boolean {
  return !workload.reachable || workload.version !== undefined;
}

interface Configured {
  readonly config: ChosenConfig | undefined;
  readonly move?: Move | undefined;
  readonly problems: readonly Problem[];
}

/** What was asked for if it can be had, else the last good configuration, with the reason. */
function chooseConfig(snapshot: Snapshot): Configured {
  const { workload } = snapshot;
  const version = versionIn(workload) ?? '';
  const { deployment, storeCa, problems } = interpretDeployment(snapshot);
  if (deployment === undefined) return { config: keptConfig(snapshot, version), problems };
  const text = renderConfig(deployment, heldFile(snapshot, paths.config));
  const hash = hashOf({ text, storeCa, version });
  if (!workload.reachable || workload.rejection?.hash !== hash || runsWith(workload, hash)) {
    const config: ChosenConfig = { text, hash, storeCa, asked: true };
    const move = deployment.store.kind === 's3' ? nextMove(workload, hash) : undefined;
    if (move === undefined) return { config, problems };
    const kept = move === 'keep-user-state' ? keptConfig(snapshot, version) : config;
    return { config: kept, move, problems: [moving, ...problems] };
  }
  const kept = keptConfig(snapshot, version);
  return { config: kept, problems: [refused(workload.rejection, kept), ...problems] };
}

/** The next step of a Mimir that is to run on a bucket: undefined if it does, with all that users had put into it. */
function nextMove(workload: Workload, hash: string): Move | undefined {
  if (!workload.reachable) return undefined;
  const isKept = workload.files.get(paths.userState) !== undefined;
  if (isKept && runsWith(workload, hash)) return 'restore-user-state';
  if (storeInUse(workload) !== 'filesystem') return undefined;
  return isKept ? 'leave-disk' : 'keep-user-state';
}

const moving: Problem = {
  status: 'maintenance',
  source: 's3',
  message: 'Samples and rules move from the disk into the bucket.',
};

function heldFile({ workload }: Snapshot, path: string): string | undefined {
  return workload.reachable ? workload.files.get(path) : undefined;
}

/** What was refused, perhaps for want of memory or disk, runs after all: then it is good. */
function runsWith(workload: Workload, hash: string): boolean {
  return workload.reachable && workload.ready && hashIn(workload) === hash;
}

function refused({ by, reason }: Rejection, kept: ChosenConfig | undefined): Problem {
  if (by === 'store') return refusedBucket(reason);
  const instead = kept === undefined ? 'and there is no earlier one' : 'the last good one stays in force';
  const message = `Mimir refuses the new configuration; ${instead}. Undo the last juju config or refresh. Mimir says: ${briefly(reason)}`;
  return { status: 'blocked', source: containerName, message };
}

function keptConfig({ workload }: Snapshot, version: string): ChosenConfig | undefined {
  if (!workload.reachable) return undefined;
  const text = workload.files.get(paths.lastGood.config) ?? workload.files.get(paths.config);
  if (text === undefined) return undefined;
  const storeCa = workload.files.get(paths.storeCa) ?? '';
  return { text, hash: hashOf({ text, storeCa, version }), storeCa: undefined, asked: false };
}

interface Hashed {
  readonly text: string;
  readonly storeCa: string;
  readonly version: string;
}

function hashOf({ text, storeCa, version }: Hashed): string {
  return restartHash({
    command: runCommand().join(' '),
    config: text,
    alertmanagerFallback,
    storeCa,
    version,
  });
}

/** Several units need storage that all of them see; without it only the first may serve. */
function checkReplication({ plannedUnits, identity, s3 }: Snapshot): Problem | undefined {
  if (plannedUnits <= 1) return undefined;
  const lack =
    s3.relations.length === 0 ? 'Replication requires object storage' : 'Units do not share a bucket yet';
  return {
    status: 'blocked',
    source: 'units',
    message: `${lack}: only ${identity.application}/0 serves. Go back with juju scale-application ${identity.application} 1.`,
  };
}

/** Kubernetes removes the highest ordinals first, so the first unit's disk is the one that stays. */
function isFirstUnit({ identity }: Snapshot): boolean {
  return identity.unit === `${identity.application}/0`;
}

function workloadProblems({ workload, mimirTrouble, identity }: Snapshot, run: boolean): readonly Problem[] {
  const say = (status: 'blocked' | 'waiting', message: string): readonly Problem[] => [
    { status, source: containerName, message },
  ];
  if (!workload.reachable) return say('waiting', 'Waiting for the container: Kubernetes starts it.');
  if (workload.version === undefined) return [wrongImage];
  if (!run) return [];
  if (workload.ready) return mimirTrouble === undefined ? [] : say('waiting', delayed(mimirTrouble));
  if (workload.storeTrouble !== undefined) return [storeProblem(workload.storeTrouble)];
  if (!isFailing(workload.service)) return say('waiting', 'Waiting for Mimir to be ready.');
  const pod = identity.unit.replace('/', '-');
  const words = briefly(workload.lastWords ?? 'nothing');
  return say(
    'blocked',
    `Mimir keeps exiting; see kubectl logs -n ${identity.model} ${pod} -c ${containerName}. It says: ${words}`,
  );
}

function storeProblem(words: string): Problem {
  const message = `Mimir cannot use the bucket, and asks again by itself until it is mended there: ${briefly(words)}.`;
  return { status: 'blocked', source: 's3', message };
}

const wrongImage: Problem = {
  status: 'blocked',
  source: 'mimir-image',
  message:
    "The image has no /bin/mimir that runs; attach Mimir's own, such as grafana/mimir:3.0.5, with juju attach-resource.",
};

function delayed(trouble: string): string {
  return `Rules and alerting follow at the next event: ${briefly(trouble)}.`;
}

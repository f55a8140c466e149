import { alertmanagerFallback } from '../mimir/config/alertmanager.ts';
import type { CacheAddress } from '../mimir/cache-address.ts';
import { withoutCaches } from '../mimir/config/caches.ts';
import { speaksTls } from '../mimir/config/tls.ts';
import type { MimirDeployment } from '../mimir/config/deployment.ts';
import { renderConfig } from '../mimir/config/render.ts';
import { runCommand } from '../mimir/command.ts';
import { paths } from '../mimir/paths.ts';
import { restartHash } from '../mimir/restart-hash.ts';
import { isStartable } from './caches.ts';
import type { Authorities, ChosenConfig, Move } from './charm-state.ts';
import { containerName } from './declared.ts';
import type { InterpretedDeployment } from './deployment.ts';
import { heldFile } from './held-file.ts';
import type { Members } from './members.ts';
import { refusedBucket, storeInUse } from './object-store.ts';
import { briefly, type Problem } from './problem.ts';
import { isReplicated } from './replication.ts';
import { type InterpretedRestart, interpretRestart } from './restart-turn.ts';
import { hashIn, type Rejection, type Snapshot, versionIn, type Workload } from './snapshot.ts';
import { heldTls, type InterpretedTls, type TlsFiles } from './tls.ts';
import { tracesToIn } from './workload-tracing.ts';

/** The configuration that Mimir is to run with, and the step towards it that is next. */
export interface Configured {
  readonly config: ChosenConfig | undefined;
  readonly move?: Move | undefined;
  readonly restart: InterpretedRestart;
  readonly problems: readonly Problem[];
}

/** What was asked for if it can be had, and had now, else what is in force, with the reason. */
export function chooseConfig(
  snapshot: Snapshot,
  members: Members,
  { deployment, tls }: { readonly deployment: InterpretedDeployment; readonly tls: InterpretedTls },
): Configured {
  const chosen = chooseFitConfig(snapshot, deployment, tls);
  const { config, problems } = chosen;
  const needsTurn = config !== undefined && !tls.together && !isCutOff(snapshot, config);
  const restart = interpretRestart(snapshot, members, needsTurn ? config.hash : undefined);
  const configured = { ...chosen, restart, problems: [...problems, ...restart.problems] };
  if (restart.permission === 'granted') return configured;
  return { ...configured, config: configInForce(snapshot), move: undefined };
}

/**
 * Gossip goes on with the certificate that Mimir has started with. Where that has ended before all could restart, no unit
 * finds any other serving, and each would wait for the others for ever. What they run with is not changed by it.
 */
function isCutOff({ workload }: Snapshot, { text }: ChosenConfig): boolean {
  if (!workload.reachable || !workload.quorumLost || !speaksTls(text)) return false;
  return workload.files.get(paths.config) === text;
}

/** What was asked for if it can be had, else the last good configuration, with the reason. */
function chooseFitConfig(
  snapshot: Snapshot,
  { deployment, cachesWhileRunning, authorities, tracesTo, problems }: InterpretedDeployment,
  { files }: InterpretedTls,
): Omit<Configured, 'restart'> {
  const { workload } = snapshot;
  const version = versionIn(workload) ?? '';
  const keep = () => keptConfig(snapshot, { version, tracesTo });
  if (deployment === undefined) return { config: keep(), problems };
  const text = renderAsked(snapshot, deployment, cachesWhileRunning);
  const hash = hashOf({ text, authorities, tls: files, tracesTo, version });
  if (!workload.reachable || workload.rejection?.hash !== hash || runsWith(workload, hash)) {
    const config: ChosenConfig = { text, hash, authorities, tracesTo, asked: true };
    const move = deployment.store.kind === 's3' ? nextMove(workload, hash) : undefined;
    if (move === undefined) return { config, problems };
    const kept = move === 'keep-user-state' ? keep() : config;
    return { config: kept, move, problems: [moving, ...problems] };
  }
  const kept = keep();
  return { config: kept, problems: [refused(workload.rejection, kept, snapshot), ...problems] };
}

/** If nothing else has changed, Mimir goes on with the memcacheds that it has: it need not start. */
function renderAsked(
  snapshot: Snapshot,
  deployment: MimirDeployment,
  cachesWhileRunning: readonly CacheAddress[],
): string {
  const held = heldFile(snapshot, paths.config);
  const unchanged =
    cachesWhileRunning.length > 0 &&
    renderConfig({ ...deployment, caches: cachesWhileRunning }, held) === held;
  return unchanged ? held : renderConfig(deployment, held);
}

/** What Mimir runs with, to the byte, and as Pebble has it in its plan: nothing restarts. */
function configInForce({ workload }: Snapshot): ChosenConfig | undefined {
  const text = workload.reachable ? workload.files.get(paths.config) : undefined;
  const hash = hashIn(workload);
  return text === undefined || hash === undefined
    ? undefined
    : { text, hash, authorities: undefined, tracesTo: tracesToIn(workload), asked: false };
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

/** What was refused, perhaps for want of memory or disk, runs after all: then it is good. */
function runsWith(workload: Workload, hash: string): boolean {
  return workload.reachable && workload.ready && hashIn(workload) === hash;
}

function refused(
  { by, reason }: Rejection,
  kept: ChosenConfig | undefined,
  snapshot: Pick<Snapshot, 'options'>,
): Problem {
  if (by === 'store') return refusedBucket(reason, snapshot);
  const instead = kept === undefined ? 'and there is no earlier one' : 'the last good one stays in force';
  const message = `Mimir refuses the new configuration; ${instead}. Undo the last juju config or refresh. Mimir says: ${briefly(reason)}`;
  return { status: 'blocked', source: containerName, message };
}

function keptConfig(
  snapshot: Snapshot,
  { version, tracesTo }: Pick<Hashed, 'version' | 'tracesTo'>,
): ChosenConfig | undefined {
  const { workload } = snapshot;
  if (!workload.reachable) return undefined;
  const good = workload.files.get(paths.lastGood.config);
  const held = good ?? workload.files.get(paths.config);
  if (held === undefined) return undefined;
  const text = isStartable(snapshot, held) ? held : withoutCaches(held);
  const from = good === undefined ? paths : paths.lastGood;
  const authorities: Authorities = {
    store: workload.files.get(from.storeCa) ?? '',
    trusted: workload.files.get(from.trustedCa) ?? '',
  };
  const tls = speaksTls(text) ? heldTls(snapshot) : undefined;
  const hash = hashOf({ text, authorities, tls, tracesTo, version });
  return { text, hash, authorities, tracesTo, asked: false };
}

interface Hashed {
  readonly text: string;
  readonly authorities: Authorities;
  readonly tls: TlsFiles | undefined;
  readonly tracesTo: string | undefined;
  readonly version: string;
}

function hashOf({ text, authorities, tls, tracesTo = '', version }: Hashed): string {
  return restartHash({
    command: runCommand().join(' '),
    config: text,
    alertmanagerFallback,
    storeCa: authorities.store,
    trustedCa: authorities.trusted,
    tls: tls === undefined ? '' : startsWith(text, tls),
    tracesTo,
    version,
  });
}

/** What Mimir reads at its start only: the authority, and for the gossip among several units the certificate too. */
function startsWith(text: string, { ca, certificate }: TlsFiles): string {
  return isReplicated(text) ? ca + certificate : ca;
}

import { isDeepStrictEqual } from 'node:util';
import { tlsTargetOf } from '../mimir/config/tls.ts';
import { blocksRetentionIn } from '../mimir/old-samples.ts';
import { paths } from '../mimir/paths.ts';
import type { FileToWrite } from '../pebble/index.ts';
import type { WorkloadRequest } from './charm-state.ts';
import type { Effect } from './effect.ts';
import { heldFile } from './held-file.ts';
import { hashVariable, layerLabel, loggingLabel, readyCheck, serviceName } from './layer.ts';
import { changedTargets } from './logging.ts';
import { storeIn } from './object-store.ts';
import type { Plan, PlannedWorkload } from './plan.ts';
import { isReplicated } from './replication.ts';
import { type Container, isReady, type Snapshot } from './snapshot.ts';

/** What `diff` may ask for. */
export interface Patience {
  /** Waiting for Mimir is still worth while in this dispatch. */
  readonly await: boolean;
}

/** Finds the acts that bring the workload container from the snapshot to the plan, in their order. */
export function diffWorkload(snapshot: Snapshot, plan: Plan, patience: Patience): readonly Effect[] {
  const { workload } = snapshot;
  if (!workload.reachable || plan.workload === 'unobserved') return [];
  const planned = plan.workload;
  const request = openRequest(snapshot, planned);
  const first = mustComeFirst(snapshot, planned, request);
  if (first !== undefined) return [first];
  const layer = diffLayer(workload, planned);
  const change = [
    ...(request?.kind === 'prepare-shutdown' ? [request] : []),
    ...diffFiles(workload, planned),
    ...layer,
    ...diffLogTargets(workload, planned),
  ];
  if (!planned.run) return [...change, ...stopMimir(workload)];
  const wait = awaitMimir(workload, planned, { patience, layer });
  const lookAgain = wait.length > 0 ? 'never' : proofWanted(snapshot, planned);
  return [
    ...change,
    ...endReplication(workload, planned),
    { kind: 'replan', lookAgain },
    ...wait,
    ...(request?.kind === 'flush' ? [request] : []),
    ...restoreUserState(snapshot, planned),
  ];
}

/** What the plan asks for and was not answered yet. */
function openRequest(
  { workload, peersDown, flushed }: Snapshot,
  { request }: PlannedWorkload,
): WorkloadRequest | undefined {
  switch (request?.kind) {
    case 'ask-peers':
      return peersDown === undefined ? request : undefined;
    case 'flush':
      return flushed ? undefined : request;
    case 'prepare-shutdown':
      return isReady(workload) ? request : undefined;
    case undefined:
      return undefined;
  }
}

/** What is to be known before anything changes. */
function mustComeFirst(
  { workload, mimirTrouble }: Snapshot,
  { move }: PlannedWorkload,
  request: WorkloadRequest | undefined,
): Effect | undefined {
  if (move === 'keep-user-state' && isReady(workload) && mimirTrouble === undefined)
    return {
      kind: 'keep-user-state',
      olderThan: blocksRetentionIn(heldFile({ workload }, paths.config)) ?? 0,
    };
  return request?.kind === 'ask-peers' ? request : undefined;
}

/** No replan comes after it: Pebble would start again what was stopped, if its layer has changed since its start. */
function stopMimir({ service }: Container): readonly Effect[] {
  const isRunning = service !== 'inactive' && service !== 'absent';
  return isRunning ? [{ kind: 'stop-service', service: serviceName }] : [];
}

/**
 * The last of several units would serve on for as long as it does when it is one of many, and those that leave may be
 * gone before that. All that it was given is in its write-ahead log.
 */
function endReplication({ files, service }: Container, planned: PlannedWorkload): readonly Effect[] {
  const next = planned.files.get(paths.config)?.content;
  const ends = isReplicated(files.get(paths.config)) && next !== undefined && !isReplicated(next);
  return ends && service === 'active' ? [{ kind: 'kill-service', service: serviceName }] : [];
}

/** A Mimir that has not taken it is given it at the next event. */
function restoreUserState(
  { workload, mimirTrouble }: Snapshot,
  { move }: PlannedWorkload,
): readonly Effect[] {
  const state = heldFile({ workload }, paths.userState);
  if (move !== 'restore-user-state' || state === undefined || mimirTrouble !== undefined) return [];
  return [{ kind: 'restore-user-state', state }];
}

/** A configuration is proven by what runs after a replan: before it, an older Mimir may be what is ready. */
function proofWanted({ workload, replanned }: Snapshot, planned: PlannedWorkload): 'always' | 'if-restarted' {
  const ready = isReady(workload) && !replanned;
  const kept = workload.reachable ? workload.files.get(paths.lastGood.config) : undefined;
  return ready && kept !== planned.files.get(paths.config)?.content ? 'always' : 'if-restarted';
}

function diffFiles(workload: Container, planned: PlannedWorkload): readonly Effect[] {
  const { files } = planned;
  const changed = [...files].filter(([path, { content }]) => workload.files.get(path) !== content);
  const pushed: FileToWrite[] = changed.flatMap(([path, { content, permissions }]) =>
    content === undefined ? [] : [{ path, content, permissions, makeDirs: true }],
  );
  const removed = changed.flatMap(([path, { content }]): Effect[] =>
    content === undefined ? [{ kind: 'remove-file', path }] : [],
  );
  const first = pushed.some(({ path }) => path === paths.config) ? validateConfig(workload, planned) : [];
  const push: Effect[] = pushed.length === 0 ? [] : [{ kind: 'push-files', files: pushed }];
  return [...first, ...leaveDisk(workload, planned), ...push, ...removed];
}

/**
 * A Mimir that leaves its disk for a bucket has to ship all blocks again that are still on its disk, and so to forget
 * what it has shipped; while it runs, it would write that down again. This comes before the new configuration, so that a
 * dispatch that is killed in between begins with it again.
 */
function leaveDisk(workload: Container, { files, move }: PlannedWorkload): readonly Effect[] {
  const held = storeIn(workload.files.get(paths.config));
  if (move !== 'leave-disk' || held !== 'filesystem' || storeIn(files.get(paths.config)?.content) === held)
    return [];
  return [
    { kind: 'stop-service', service: serviceName },
    { kind: 'remove-file', path: paths.shipperRecord },
  ];
}

/** Mimir's own binary validates a configuration that it has not run with before. */
function validateConfig(workload: Container, planned: PlannedWorkload): readonly Effect[] {
  const content = planned.files.get(paths.config)?.content ?? '';
  const known = workload.files.get(paths.lastGood.config) === content;
  return known ? [] : [{ kind: 'validate-config', content, hash: plannedHash(planned) }];
}

function diffLayer({ plan }: Container, { layer }: PlannedWorkload): readonly Effect[] {
  const same =
    isDeepStrictEqual(plan.services[serviceName], layer.services?.[serviceName]) &&
    Object.entries(layer.checks ?? {}).every(([name, check]) => isDeepStrictEqual(plan.checks[name], check));
  if (same) return [];
  // A container that has no such check has no such program either: nothing else brings it there.
  const asks = layer.checks?.[readyCheck]?.exec !== undefined;
  const probe: Effect[] = asks && plan.checks[readyCheck]?.exec === undefined ? [{ kind: 'push-probe' }] : [];
  return [...probe, { kind: 'add-layer', label: layerLabel, layer }];
}

/** A layer of their own, with which nothing starts or stops; Pebble acts on it at once. */
function diffLogTargets({ plan }: Container, { logTargets }: PlannedWorkload): readonly Effect[] {
  if (logTargets === 'unobserved') return [];
  const changed = changedTargets(logTargets, plan['log-targets']);
  if (Object.keys(changed).length === 0) return [];
  return [{ kind: 'add-layer', label: loggingLabel, layer: { 'log-targets': changed } }];
}

interface Started {
  readonly patience: Patience;
  readonly layer: readonly Effect[];
}

function awaitMimir(workload: Container, planned: PlannedWorkload, started: Started): readonly Effect[] {
  const starts = started.layer.length > 0 || workload.service !== 'active';
  // Once the check is down, Juju tells when it is up again, and waiting here would only hold other hooks up.
  const settled = !starts && (workload.ready || workload.checkDown);
  if (!planned.run || !started.patience.await || settled) return [];
  const lastGood = workload.files.get(paths.lastGood.config);
  const config = planned.files.get(paths.config)?.content;
  const hash = config === lastGood ? undefined : plannedHash(planned);
  const onBucket = storeIn(config) === 's3';
  const tls = tlsTargetOf(config, comingFile(workload, planned, paths.tlsFiles.ca));
  return [{ kind: 'await-mimir', hash, onBucket, canGoBack: lastGood !== undefined, tls }];
}

/** A file as it will be. */
function comingFile(workload: Container, { files }: PlannedWorkload, path: string): string | undefined {
  return files.get(path)?.content ?? workload.files.get(path);
}

function plannedHash({ layer }: PlannedWorkload): string {
  return layer.services?.[serviceName]?.environment?.[hashVariable] ?? '';
}

import type { Peer } from '../interfaces/mimir-peers.ts';
import type { ReplicationFactor, Store } from '../mimir/config/deployment.ts';
import { paths } from '../mimir/paths.ts';
import { serviceName } from './layer.ts';
import { byOrdinal, type Members, unitsSource, waitingForUnits } from './members.ts';
import type { Problem } from './problem.ts';
import { isReady, type Snapshot, type UnitIdentity, type Workload } from './snapshot.ts';

/** How this unit takes part in the one Mimir that all units make up. */
export interface InterpretedReplication {
  /** Copies of each series that this unit's Mimir is to keep among the units. */
  readonly factor: ReplicationFactor;
  /** Which of the clusters, one after another, this unit's Mimir is to be in. */
  readonly cluster: number;
  /** Mimir may run on this unit. */
  readonly run: boolean;
  /** Mimir is to bring all that it holds into the object storage. */
  readonly flush: boolean;
  /** What the leader tells all units to start with. */
  readonly agreed: 3 | undefined;
  readonly problems: readonly Problem[];
}

/** The step that a unit is at, with what stands in its way. */
type Step = Pick<InterpretedReplication, 'factor' | 'run' | 'problems'>;

/**
 * Decides how many copies there are of each series. One unit can keep but one; several keep three, once they share an
 * object storage. The step from one to three has an order, since a unit that keeps one copy has samples that no other
 * one has, and queries ask two of three:
 *
 * 1. The first unit, which ran alone, brings what it holds into the object storage. New units do not start before.
 * 2. The leader tells all units to start with three copies. The first unit follows when enough others run.
 * 3. Each unit brings what it holds into the object storage, with all that came while there were both kinds of units.
 *
 * From several to one it is the other way round: a unit that is told that it is the last has all that was acknowledged
 * while there were two, and goes on alone at once, while those that leave still serve.
 *
 * @param store - where the blocks are to be kept; undefined if that cannot be told.
 */
export function interpretReplication(
  snapshot: Snapshot,
  members: Members,
  store: Store['kind'] | undefined,
): InterpretedReplication {
  const { alone } = members;
  const shared = store === 's3';
  const step = chooseStep(snapshot, members, store);
  return {
    ...step,
    cluster: chooseCluster(snapshot, members),
    flush: !alone && shared && mustFlush(snapshot, members, step.factor),
    agreed: alone ? undefined : agreeOn(snapshot, members, shared),
  };
}

function chooseStep(snapshot: Snapshot, members: Members, store: Store['kind'] | undefined): Step {
  if (members.alone) return { factor: 1, run: true, problems: [] };
  if (store === undefined) return { factor: factorHeld(snapshot.workload) ?? 1, run: true, problems: [] };
  return store === 'local' ? unshared(snapshot) : shareStorage(snapshot, members);
}

/** A unit reads what the leader says before it has heard of each of the others, and may have the disk of a former one. */
function knowsCluster({ identity, workload }: Snapshot, { others }: Members): boolean {
  return isTold(workload) || isFirstUnit(identity) || others.get(firstUnit(identity))?.hostname !== undefined;
}

/**
 * Each time that a unit is the last of several, it founds a new cluster: to those that still leave it would give samples
 * that are found nowhere between their leaving and the next look at the bucket, and one of them that dies would stay in
 * its ring for good. All others are where the first one is.
 */
function chooseCluster({ identity, workload }: Snapshot, { alone, own, others }: Members): number {
  const config = configHeld(workload);
  const held = config === undefined ? own.cluster : clusterIn(config);
  if (alone) return isReplicated(config) ? held + 1 : held;
  return others.get(firstUnit(identity))?.cluster ?? held;
}

/** Several units need storage that all of them see; without it only the first may serve. */
function unshared({ identity }: Snapshot): Step {
  const { application } = identity;
  const words = `Replication requires object storage: only ${application}/0 serves. Relate or set s3, or go back with juju scale-application ${application} 1.`;
  return {
    factor: 1,
    run: isFirstUnit(identity),
    problems: [{ status: 'blocked', source: unitsSource, message: words }],
  };
}

function shareStorage(snapshot: Snapshot, members: Members): Step {
  const { identity, plannedUnits, workload } = snapshot;
  const { agreement, others } = members;
  const held = factorHeld(workload);
  const isToBe = agreement.factor === 3 ? held !== 1 : isOneOfSeveral(snapshot);
  if (isToBe && knowsCluster(snapshot, members))
    return { factor: 3, run: true, problems: settling(snapshot, members) };
  if (held !== 1 || !knowsCluster(snapshot, members)) {
    const words = `Waiting for ${identity.application}/0 to bring its samples into the bucket.`;
    return { factor: 3, run: false, problems: [waitingForUnits(words)] };
  }
  const joined = [...others].filter(([, { factor, up }]) => factor === 3 && up).length;
  const missing = Math.min(2, plannedUnits - 1) - joined;
  if (agreement.factor === 3 && missing <= 0) return { factor: 3, run: true, problems: [] };
  const words = `Goes on alone until ${missing} more ${missing === 1 ? 'unit runs' : 'units run'}; each sample is kept once so far.`;
  return { factor: 1, run: true, problems: [waitingForUnits(words)] };
}

/**
 * Runs as one of several without a word of the leader. The disk of a unit that was removed may come back under a new one,
 * which has no part in what the others keep until it is told.
 */
function isOneOfSeveral({ identity, workload }: Snapshot): boolean {
  return factorHeld(workload) === 3 && (isTold(workload) || isFirstUnit(identity));
}

/** Until all have done so, queries may miss samples of before and during the step. */
function settling(snapshot: Snapshot, { own, others }: Members): readonly Problem[] {
  const behind = [...others].flatMap(([unit, { factor, flushed }]) =>
    factor === undefined || flushed === 3 ? [] : [unit],
  );
  if (own.flushed !== 3 && !snapshot.flushed && isReady(snapshot.workload))
    behind.push(snapshot.identity.unit);
  if (behind.length === 0) return [];
  const words = `Queries may miss some samples until ${byOrdinal(behind).join(', ')} ${behind.length === 1 ? 'has' : 'have'} brought all into the bucket.`;
  return [waitingForUnits(words)];
}

/** Once before the step, on the unit that ran alone, and once when all have taken it. */
function mustFlush(snapshot: Snapshot, { own, others }: Members, factor: ReplicationFactor): boolean {
  const { workload, flushed, mimirTrouble } = snapshot;
  if (!isReady(workload) || flushed || mimirTrouble !== undefined) return false;
  const running = factorRunning(workload);
  if (running !== factor || own.flushed === factor) return false;
  if (running === 1) return others.size > 0;
  // Only the first can have kept one copy. A unit hears of the others one by one, and of this one perhaps last.
  const { identity } = snapshot;
  return isFirstUnit(identity) || others.get(firstUnit(identity))?.factor === 3;
}

/** The leader's word: three, as soon as no unit has samples of its own that it has not brought into the storage. */
function agreeOn(snapshot: Snapshot, { own, others, agreement }: Members, shared: boolean): 3 | undefined {
  if (agreement.factor === 3 || !shared) return agreement.factor;
  const { identity } = snapshot;
  // A first unit that has told nothing yet may be about to start alone.
  const first = others.get(firstUnit(identity));
  if (!isFirstUnit(identity) && first?.hostname === undefined) return undefined;
  const isPrepared = ({ factor, flushed }: Pick<Peer, 'factor' | 'flushed'>) => factor !== 1 || flushed === 1;
  return [stateOf(snapshot, own), ...others.values()].every(isPrepared) ? 3 : undefined;
}

/** What this unit will have told when this dispatch ends. */
function stateOf({ workload, flushed }: Snapshot, own: Peer): Pick<Peer, 'factor' | 'flushed'> {
  const factor = factorHeld(workload) ?? own.factor;
  return { factor, flushed: flushed ? factor : own.flushed };
}

/** Kubernetes removes the highest ordinals first, so the first unit's disk is the one that stays. */
function isFirstUnit(identity: UnitIdentity): boolean {
  return identity.unit === firstUnit(identity);
}

function firstUnit({ application }: UnitIdentity): string {
  return `${application}/0`;
}

/**
 * What this unit was told to run with, or in a new container what it last ran well with; undefined if it never ran. A
 * configuration that waits for the others to be ready is in the container too.
 */
function factorHeld(workload: Workload): ReplicationFactor | undefined {
  return factorIn(configHeld(workload));
}

function configHeld(workload: Workload): string | undefined {
  if (!workload.reachable) return undefined;
  return workload.files.get(isTold(workload) ? paths.config : paths.lastGood.config);
}

function isTold(workload: Workload): boolean {
  return workload.reachable && workload.plan.services[serviceName]?.startup === 'enabled';
}

/** What the Mimir that is ready runs with; undefined if none is. */
export function factorRunning(workload: Workload): ReplicationFactor | undefined {
  return workload.reachable && workload.ready ? factorIn(workload.files.get(paths.config)) : undefined;
}

/** Tells whether a configuration keeps several copies of each series. */
export function isReplicated(config: string | undefined): boolean {
  return factorIn(config) === 3;
}

function factorIn(config: string | undefined): ReplicationFactor | undefined {
  const digit = /^ +replication_factor: ([13])$/m.exec(config ?? '')?.[1];
  if (digit === undefined) return undefined;
  return digit === '3' ? 3 : 1;
}

/** The end of the label that {@link clusterLabel} makes. */
function clusterIn(config: string): number {
  return Number(/^ +cluster_label: [^.\s]+\.[^.\s]+\.(\d+)$/m.exec(config)?.[1] ?? 0);
}

/** Keeps units of other models, applications and clusters apart: none of their names has a dot. */
export function clusterLabel({ model, application }: UnitIdentity, cluster: number): string {
  return cluster === 0 ? `${model}.${application}` : `${model}.${application}.${cluster}`;
}

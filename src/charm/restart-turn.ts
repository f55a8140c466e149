import type { Peer, RestartTurn } from '../interfaces/mimir-peers.ts';
import { byOrdinal, type Members, waitingForUnits } from './members.ts';
import type { Problem } from './problem.ts';
import { hashIn, isReady, type Snapshot } from './snapshot.ts';

/** Whether this unit may restart its Mimir now, and what is told of it. */
export interface InterpretedRestart {
  /** `ask-peers`: once the others have said that they serve. */
  readonly permission: 'granted' | 'ask-peers' | 'withheld';
  /** Hash of the configuration that this unit waits to restart with. */
  readonly wanted: string | undefined;
  /** Number of the last turn that this unit has used. */
  readonly done: number | undefined;
  /** Whose turn it is after this dispatch, by the leader's word. */
  readonly turn: RestartTurn | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Lets one unit at a time restart for a new configuration. A unit that serves beside others says what it wants to restart
 * with; the leader gives it a turn, which ends when the unit says so, or is gone. A unit whose Mimir does not serve takes
 * nothing from anyone by restarting, and needs none.
 *
 * @param asked - hash of the configuration that this unit should run with; undefined if there is none but what it has.
 */
export function interpretRestart(
  snapshot: Snapshot,
  members: Members,
  asked: string | undefined,
): InterpretedRestart {
  const wanted = wantsTurn(snapshot, members, asked) ? asked : undefined;
  const done = endOfTurn(snapshot, members, wanted);
  const turn = snapshot.leader
    ? giveTurn(members, {
        ...members.own,
        restartWanted: wanted,
        restartDone: done,
        up: isReady(snapshot.workload),
      })
    : members.agreement.turn;
  const told = { wanted, done, turn };
  if (wanted === undefined) return { permission: 'granted', ...told, problems: [] };
  const isOurs = turn?.unit === members.self && turn.number !== done;
  if (!isOurs) return { permission: 'withheld', ...told, problems: [notYet(members, wanted, turn)] };
  const { peersDown, mimirTrouble } = snapshot;
  if (peersDown === undefined)
    return { permission: mimirTrouble === undefined ? 'ask-peers' : 'withheld', ...told, problems: [] };
  if (peersDown.length === 0) return { permission: 'granted', ...told, problems: [] };
  return { permission: 'withheld', ...told, problems: [waitsFor(peersDown)] };
}

function wantsTurn({ workload }: Snapshot, { others }: Members, asked: string | undefined): boolean {
  if (asked === undefined || !isReady(workload) || hashIn(workload) === asked) return false;
  return [...others.values()].some(({ factor }) => factor !== undefined);
}

/** A turn has been used when Mimir is ready and nothing is left to restart for, be it that the new was refused. */
function endOfTurn(
  { workload }: Snapshot,
  { self, own, agreement: { turn } }: Members,
  wanted: string | undefined,
): number | undefined {
  const ends = turn?.unit === self && wanted === undefined && isReady(workload);
  return ends ? turn.number : own.restartDone;
}

/**
 * Numbers tell turns apart: a leader that is new, or was told late, may have an old word of the unit whose turn it is.
 * Nobody gets one while a unit leaves or is down, nor for a configuration that failed on another unit.
 */
function giveTurn(members: Members, own: Peer): RestartTurn | undefined {
  const { self, others, agreement, oneLeaves } = members;
  const all = new Map([...others, [self, own]]);
  const { turn } = agreement;
  const holder = turn && all.get(turn.unit);
  const isOver = turn === undefined || holder === undefined || holder.restartDone === turn.number;
  if (!isOver || oneLeaves || [...all.values()].some(({ up }) => !up)) return turn;
  const refused = refusedIn(all.values());
  const next = byOrdinal(all.keys()).find((unit) => {
    const hash = all.get(unit)?.restartWanted;
    return hash !== undefined && !refused.has(hash);
  });
  return next === undefined ? turn : { number: (turn?.number ?? 0) + 1, unit: next };
}

function refusedIn(peers: Iterable<Peer>): ReadonlySet<string> {
  const hashes = [...peers].map(({ restartRefused }) => restartRefused);
  return new Set(hashes.filter((hash) => hash !== undefined));
}

function notYet({ others }: Members, wanted: string, turn: RestartTurn | undefined): Problem {
  const refuser = [...others].find(([, { restartRefused }]) => restartRefused === wanted)?.[0];
  if (refuser !== undefined)
    return waitingForUnits(
      `Keeps its configuration, since ${refuser} did not come up with the new one; see there.`,
    );
  return waitingForUnits(`Restarts with the new configuration after ${turn?.unit ?? 'the other units'}.`);
}

function waitsFor(units: readonly string[]): Problem {
  return waitingForUnits(
    `Restarts with the new configuration when ${byOrdinal(units).join(', ')} serves again.`,
  );
}

import { type Agreement, type Peer, readAgreement, readPeer } from '../interfaces/mimir-peers.ts';
import type { Problem } from './problem.ts';
import type { Snapshot } from './snapshot.ts';

/** The units of the application as this one sees them. */
export interface Members {
  /** This unit's own name. */
  readonly self: string;
  /** What this unit has told the others so far. */
  readonly own: Peer;
  /** What the others have told, by their names; those that are leaving included. */
  readonly others: ReadonlyMap<string, Peer>;
  readonly agreement: Agreement;
  /** This is the only unit, and is to stay the only one. */
  readonly alone: boolean;
  /** One that is to go has not left yet. */
  readonly oneLeaves: boolean;
}

/** Reads what the units have told one another; before the peer relation is there, that is nothing. */
export function readMembers({ identity, peers, plannedUnits }: Snapshot): Members {
  const others = new Map([...(peers?.unitBags ?? [])].map(([unit, bag]) => [unit, readPeer(bag)]));
  return {
    self: identity.unit,
    own: readPeer(peers?.unitBag ?? {}),
    others,
    agreement: readAgreement(peers?.appBag ?? {}),
    alone: plannedUnits <= 1 && others.size === 0,
    oneLeaves: others.size + 1 > plannedUnits,
  };
}

/** Names in the order of their ordinals. */
export function byOrdinal(units: Iterable<string>): readonly string[] {
  const ordinal = (unit: string) => Number(unit.slice(unit.indexOf('/') + 1));
  return [...units].toSorted((a, b) => ordinal(a) - ordinal(b));
}

/** A problem of the units among themselves that passes without anyone's help. */
export function waitingForUnits(message: string): Problem {
  return { status: 'waiting', source: unitsSource, message };
}

/** Source of every problem that is about the units among themselves. */
export const unitsSource = 'units';

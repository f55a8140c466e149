import { unpackRules } from '../interfaces/otlp.ts';
import { readNotes } from './leader-notes.ts';
import { mostBytes, packedRulesOf } from './sender-rules.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Completes a snapshot by the rules that came compressed, which takes a decoder and time: by none of those of which
 * Mimir and the leader's notes tell already what became of them, and by no one's twice in a dispatch.
 */
export async function withUnpackedRules(snapshot: Snapshot): Promise<Snapshot> {
  const { leader, dying, peers } = snapshot;
  if (!leader || dying || snapshot.otlpSenders === 'unobserved') return snapshot;
  const unpackedRules = new Map(snapshot.unpackedRules);
  for (const [id, text] of packedRulesOf(snapshot, readNotes(peers?.appBag ?? {}))) {
    if (!unpackedRules.has(id)) unpackedRules.set(id, await unpackRules(text, mostBytes));
  }
  return { ...snapshot, unpackedRules };
}

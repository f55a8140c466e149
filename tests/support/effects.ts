import { diff } from '../../src/charm/diff.ts';
import type { Effect } from '../../src/charm/effect.ts';
import { planFor } from '../../src/charm/handlers/index.ts';
import type { ShownStatus } from '../../src/charm/problem.ts';
import type { Snapshot } from '../../src/charm/snapshot.ts';

/** An event as the table of handlers takes it. */
export type PlannedEvent = Parameters<typeof planFor>[0];

/** What an event does to a snapshot, by the same way as in a dispatch. */
export function effectsOf(
  snapshot: Snapshot,
  event: PlannedEvent = { kind: 'update-status' },
): readonly Effect[] {
  return diff(snapshot, planFor(event, snapshot), { await: true });
}

/** The kinds of effects, in their order. */
export function kinds(effects: readonly Effect[]): readonly Effect['kind'][] {
  return effects.map(({ kind }) => kind);
}

/** The effects of one kind. */
export function ofKind<K extends Effect['kind']>(
  effects: readonly Effect[],
  kind: K,
): readonly Extract<Effect, { kind: K }>[] {
  return effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind);
}

/** The status that the unit gets. */
export function unitStatusIn(effects: readonly Effect[]): ShownStatus | undefined {
  const [set] = ofKind(effects, 'set-status').filter(({ application }) => !application);
  return set && { status: set.status, message: set.message };
}

/** Texts of the files that are pushed, by their paths. */
export function pushedIn(effects: readonly Effect[]): ReadonlyMap<string, string> {
  const files = ofKind(effects, 'push-files').flatMap((effect) => effect.files);
  return new Map(files.map(({ path, content }) => [path, content.toString()]));
}

/** What is written into the bags of one relation, by whose bag it is. */
export function writtenTo(
  effects: readonly Effect[],
  relationId: number,
): Readonly<Partial<Record<'unit' | 'app', Readonly<Record<string, string>>>>> {
  const writes = ofKind(effects, 'relation-set').filter((effect) => effect.relationId === relationId);
  return Object.fromEntries(writes.map(({ scope, values }) => [scope, values]));
}

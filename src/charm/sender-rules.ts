import { createHash } from 'node:crypto';
import { keys, read } from '../interfaces/prometheus-remote-write.ts';
import { fnv1a } from '../mimir/fnv1a.ts';
import { namespaceOf } from '../mimir/namespaces.ts';
import { sortedByName } from '../mimir/rule-diff.ts';
import type { RuleGroup } from '../mimir/rule-group.ts';
import { prepareRuleGroups } from '../mimir/rules.ts';
import type { SenderRules } from './charm-state.ts';
import type { LeaderNotes, SenderNote } from './leader-notes.ts';
import { briefly, type Problem } from './problem.ts';
import type { EndpointSnapshot, Known, RelationSnapshot, Snapshot } from './snapshot.ts';

/** Most bytes of rules that one sender may publish: a thousand groups of ordinary size. */
const mostBytes = 1024 * 1024;

/** Reads every sender's rules; what is broken in one drops that sender's share only. */
export function interpretSenders(snapshot: Snapshot, notes: LeaderNotes): readonly SenderRules[] {
  const { senders } = snapshot;
  const relations = senders === 'unobserved' ? [] : senders.relations;
  const memory = { ...snapshot, notes };
  return relations.flatMap((relation) => readShare(relation, memory));
}

/** What is known already of senders' rules. */
interface Memory extends Pick<Snapshot, 'ruler' | 'prepareAnew' | 'refusedRules'> {
  readonly notes: LeaderNotes;
}

/** No share at all comes of a bag that was not read. */
function readShare(relation: RelationSnapshot, memory: Memory): readonly SenderRules[] {
  const { id: relationId, application, remoteAppBag } = relation;
  if (remoteAppBag === 'unobserved') return [];
  const text = remoteAppBag[keys.requirerApp[0]] ?? '';
  const share = { relationId, application, groups: [], error: undefined, refused: '', fingerprint: '' };
  const refused = refusalOf(relationId, text, memory);
  if (refused !== undefined) return [{ ...share, ...refused }];
  const held = recall(relationId, text, memory);
  if (held !== undefined) return [{ ...share, ...held }];
  const prepared = prepare(remoteAppBag, text);
  if (typeof prepared === 'string') return [{ ...share, error: briefly(prepared) }];
  return [{ ...share, groups: prepared, fingerprint: fingerprintOf(text, prepared) }];
}

type Recalled = Pick<SenderRules, 'groups' | 'fingerprint'>;

/**
 * The groups that the ruler holds, if they are what came of these very rules when they were last prepared: most rules
 * are the same at every event, and to parse all their expressions again would be most of a dispatch.
 */
function recall(relationId: number, text: string, memory: Memory): Recalled | undefined {
  const { ruler, notes, prepareAnew } = memory;
  const noted = notes.fingerprints.get(relationId);
  if (prepareAnew || ruler === 'unobserved' || noted === undefined) return undefined;
  const groups = ruler.get(namespaceOf(relationId)) ?? [];
  return fingerprintOf(text, groups) === noted ? { groups, fingerprint: noted } : undefined;
}

/** Not cryptographic: who made two of the same would only deceive himself about his own rules. */
function fingerprintOf(text: string, groups: readonly RuleGroup[]): string {
  return fnv1a(JSON.stringify([text, sortedByName(groups)]));
}

/** The rules, or what is wrong with them. Other people's data may be anything: nothing that it does to us is thrown. */
function prepare(bag: Readonly<Record<string, string>>, text: string): readonly RuleGroup[] | string {
  if (Buffer.byteLength(text) > mostBytes) return `more than ${mostBytes} bytes of rules`;
  try {
    const rules = read(bag);
    if (!rules.ok) return rules.reason;
    const prepared = prepareRuleGroups(rules.value.groups);
    return 'problem' in prepared ? prepared.problem : prepared.groups;
  } catch (error) {
    // A thousand brackets within each other, say, which no parser takes.
    return error instanceof Error ? error.message : String(error);
  }
}

/** The ruler's words about these very rules, now or in an earlier dispatch: they are not put to it again. */
function refusalOf(
  relationId: number,
  text: string,
  { refusedRules, notes }: Memory,
): { readonly error: string; readonly refused: string } | undefined {
  const now = refusedRules.get(relationId);
  if (now !== undefined) return { error: briefly(now), refused: digestOf(text) };
  const note = notes.senders.get(relationId);
  if (note === undefined || note.refused === '' || note.refused !== digestOf(text)) return undefined;
  return { error: note.error, refused: note.refused };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What is to be remembered of senders: of those that were read, what was found; of the others, what was known. */
export function noteSenders(
  { leader, senders, peers }: Snapshot,
  known: LeaderNotes,
  shares: readonly SenderRules[],
): Pick<LeaderNotes, 'senders' | 'fingerprints'> {
  if (!leader || peers === undefined) return { senders: new Map(), fingerprints: new Map() };
  const decides = decidedBy(senders);
  const renew = <T>(remembered: ReadonlyMap<number, T>, found: readonly (readonly [number, T])[]) => {
    const kept = [...remembered].filter(([id]) => !decides(id));
    return new Map([...kept, ...found].toSorted(([a], [b]) => a - b));
  };
  const faults = shares.flatMap(({ relationId, application = '', error, refused }) =>
    error === undefined ? [] : [[relationId, { application, error, refused }] as const],
  );
  const prints = shares.flatMap(({ relationId, groups, fingerprint }) =>
    groups.length === 0 ? [] : [[relationId, fingerprint] as const],
  );
  return { senders: renew(known.senders, faults), fingerprints: renew(known.fingerprints, prints) };
}

/** Tells of which senders what was read decides. */
function decidedBy(senders: Known<EndpointSnapshot>): (id: number) => boolean {
  if (senders === 'unobserved') return () => false;
  const { relations, scope } = senders;
  const unread = new Set(
    relations.flatMap(({ id, remoteAppBag }) => (remoteAppBag === 'unobserved' ? [id] : [])),
  );
  return (id) => !unread.has(id) && (scope === 'all' || scope.includes(id));
}

/** Mimir serves on without a sender's rules, so the unit stays active and says what is missing. */
export function senderProblems(notes: ReadonlyMap<number, SenderNote>): readonly Problem[] {
  return [...notes].map(([id, { application, error }]) => ({
    status: 'active',
    source: `receive-remote-write:${id}`,
    message: `The rules of ${application} are left out until they are mended there: ${error}`,
  }));
}

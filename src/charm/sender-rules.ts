import { createHash } from 'node:crypto';
import { keys, read } from '../interfaces/prometheus-remote-write.ts';
import { prepareRuleGroups } from '../mimir/rules.ts';
import type { SenderRules } from './charm-state.ts';
import { readNotes, type SenderNote } from './leader-notes.ts';
import { briefly, type Problem } from './problem.ts';
import type { EndpointSnapshot, Known, RelationSnapshot, Snapshot } from './snapshot.ts';

/** Most bytes of rules that one sender may publish: a thousand groups of ordinary size. */
const mostBytes = 1024 * 1024;

/** Reads every sender's rules; what is broken in one drops that sender's share only. */
export function interpretSenders(snapshot: Snapshot): readonly SenderRules[] {
  const { senders } = snapshot;
  const relations = senders === 'unobserved' ? [] : senders.relations;
  return relations.flatMap((relation) => readShare(relation, snapshot));
}

/** No share at all comes of a bag that was not read. */
function readShare(relation: RelationSnapshot, snapshot: Snapshot): readonly SenderRules[] {
  const { id: relationId, application, remoteAppBag } = relation;
  if (remoteAppBag === 'unobserved') return [];
  const text = remoteAppBag[keys.requirerApp[0]] ?? '';
  const refused = refusalOf(relationId, text, snapshot);
  if (refused !== undefined) return [{ relationId, application, groups: [], ...refused }];
  const prepared = prepare(remoteAppBag, text);
  if (typeof prepared !== 'string') return [{ relationId, application, ...prepared }];
  return [{ relationId, application, groups: [], error: briefly(prepared), refused: '' }];
}

type Prepared = Pick<SenderRules, 'groups' | 'error' | 'refused'>;

/** The rules, or what is wrong with them. Other people's data may be anything: nothing that it does to us is thrown. */
function prepare(bag: Readonly<Record<string, string>>, text: string): Prepared | string {
  if (Buffer.byteLength(text) > mostBytes) return `more than ${mostBytes} bytes of rules`;
  try {
    const rules = read(bag);
    if (!rules.ok) return rules.reason;
    const prepared = prepareRuleGroups(rules.value.groups);
    return 'problem' in prepared
      ? prepared.problem
      : { groups: prepared.groups, error: undefined, refused: '' };
  } catch (error) {
    // A thousand brackets within each other, say, which no parser takes.
    return error instanceof Error ? error.message : String(error);
  }
}

/** The ruler's words about these very rules, now or in an earlier dispatch: they are not put to it again. */
function refusalOf(
  relationId: number,
  text: string,
  { refusedRules, peers }: Snapshot,
): { readonly error: string; readonly refused: string } | undefined {
  const now = refusedRules.get(relationId);
  if (now !== undefined) return { error: briefly(now), refused: digestOf(text) };
  const note = readNotes(peers?.appBag ?? 'unobserved').senders.get(relationId);
  if (note === undefined || note.refused === '' || note.refused !== digestOf(text)) return undefined;
  return { error: note.error, refused: note.refused };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What is to be remembered of senders: of those that were read, what was found; of the others, what was known. */
export function noteSenders(
  { leader, senders, peers }: Snapshot,
  shares: readonly SenderRules[],
): ReadonlyMap<number, SenderNote> {
  if (!leader || peers === undefined) return new Map();
  const remembered = [...readNotes(peers.appBag).senders].filter(([id]) => !decides(senders, id));
  const found = shares.flatMap(({ relationId, application = '', error, refused }) =>
    error === undefined ? [] : [[relationId, { application, error, refused }] as const],
  );
  return new Map([...remembered, ...found].toSorted(([a], [b]) => a - b));
}

function decides(senders: Known<EndpointSnapshot>, id: number): boolean {
  if (senders === 'unobserved') return false;
  const unread = senders.relations.some(
    (relation) => relation.id === id && relation.remoteAppBag === 'unobserved',
  );
  return !unread && (senders.scope === 'all' || senders.scope.includes(id));
}

/** Mimir serves on without a sender's rules, so the unit stays active and says what is missing. */
export function senderProblems(notes: ReadonlyMap<number, SenderNote>): readonly Problem[] {
  return [...notes].map(([id, { application, error }]) => ({
    status: 'active',
    source: `receive-remote-write:${id}`,
    message: `The rules of ${application} are left out until they are mended there: ${error}`,
  }));
}

import { createHash } from 'node:crypto';
import { keys as otlpKeys, readBundle } from '../interfaces/otlp.ts';
import { keys, read } from '../interfaces/prometheus-remote-write.ts';
import { fnv1a } from '../mimir/fnv1a.ts';
import { namespaceOf } from '../mimir/namespaces.ts';
import { sortedByName } from '../mimir/rule-diff.ts';
import type { RuleGroup } from '../mimir/rule-group.ts';
import { prepareRuleGroups } from '../mimir/rules.ts';
import type { SenderRules } from './charm-state.ts';
import type { LeaderNotes, SenderNote } from './leader-notes.ts';
import { briefly, type Problem } from './problem.ts';
import { type RuleEndpoint, type RuleSource, type RuleSources, ruleSources } from './rule-sources.ts';
import type { Known, Snapshot } from './snapshot.ts';

/** Most bytes of rules that one sender may publish: a thousand groups of ordinary size. */
export const mostBytes = 1024 * 1024;

/** The key of a sender's app bag that holds its rules. */
const ruleKeys: Readonly<Record<RuleEndpoint, string>> = {
  'receive-remote-write': keys.requirerApp[0],
  'receive-otlp': otlpKeys.requirerApp[0],
};

/** Reads every sender's rules; what is broken in one drops that sender's share only. */
export function interpretSenders(snapshot: Snapshot, notes: LeaderNotes): readonly SenderRules[] {
  const memory = { ...snapshot, notes };
  return sourcesIn(snapshot).flatMap((source) => readShare(source, memory));
}

/** The rules that came compressed, by relation id, of which is not known what they became before. */
export function packedRulesOf(snapshot: Snapshot, notes: LeaderNotes): ReadonlyMap<number, string> {
  const memory = { ...snapshot, notes };
  const unknown = sourcesIn(snapshot).flatMap((source) => {
    const text = textOf(source);
    if (source.endpoint !== 'receive-otlp' || text === undefined) return [];
    return remembered(source.id, text, memory) === undefined ? [[source.id, text] as const] : [];
  });
  return new Map(unknown);
}

function sourcesIn(snapshot: Snapshot): readonly RuleSource[] {
  const sources = ruleSources(snapshot);
  return sources === 'unobserved' ? [] : sources.relations;
}

/** What is known already of senders' rules. */
interface Memory extends Pick<Snapshot, 'ruler' | 'prepareAnew' | 'refusedRules' | 'unpackedRules'> {
  readonly notes: LeaderNotes;
}

/** No share at all comes of a bag that was not read, nor of rules that were not unpacked. */
function readShare(source: RuleSource, memory: Memory): readonly SenderRules[] {
  const { id: relationId, application, endpoint } = source;
  const text = textOf(source);
  if (text === undefined) return [];
  const nothing = { groups: [], error: undefined, refused: '', fingerprint: '' };
  const share = { relationId, endpoint, application, ...nothing };
  const known = remembered(relationId, text, memory);
  if (known !== undefined) return [{ ...share, ...known }];
  const rules = readerOf(source, memory);
  if (rules === undefined) return [];
  const prepared = prepare(text, rules);
  if (typeof prepared === 'string') return [{ ...share, error: briefly(prepared) }];
  return [{ ...share, groups: prepared, fingerprint: fingerprintOf(text, prepared) }];
}

/** The text that holds a sender's rules, as it is in the databag; undefined if that was not read. */
function textOf({ endpoint, remoteAppBag }: RuleSource): string | undefined {
  return remoteAppBag === 'unobserved' ? undefined : (remoteAppBag[ruleKeys[endpoint]] ?? '');
}

/** What came of these very rules before: the ruler's refusal, or groups. */
function remembered(relationId: number, text: string, memory: Memory): Partial<SenderRules> | undefined {
  return refusalOf(relationId, text, memory) ?? recall(relationId, text, memory);
}

type ReadRules = () => ReturnType<typeof read>;

/** Reads a sender's groups, which are not checked yet; undefined if they came compressed and were not unpacked. */
function readerOf(
  { id, endpoint, remoteAppBag }: RuleSource,
  { unpackedRules }: Memory,
): ReadRules | undefined {
  if (remoteAppBag === 'unobserved') return undefined;
  if (endpoint === 'receive-remote-write') return () => read(remoteAppBag);
  const bundle = unpackedRules.get(id);
  if (bundle === undefined) return undefined;
  return () => (bundle.ok ? readBundle(bundle.value) : bundle);
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
function prepare(text: string, readRules: ReadRules): readonly RuleGroup[] | string {
  if (Buffer.byteLength(text) > mostBytes) return `more than ${mostBytes} bytes of rules`;
  try {
    const rules = readRules();
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
  snapshot: Snapshot,
  known: LeaderNotes,
  shares: readonly SenderRules[],
): Pick<LeaderNotes, 'senders' | 'fingerprints'> {
  const { leader, peers } = snapshot;
  if (!leader || peers === undefined) return { senders: new Map(), fingerprints: new Map() };
  const decides = decidedBy(ruleSources(snapshot), shares);
  const renew = <T>(remembered: ReadonlyMap<number, T>, found: readonly (readonly [number, T])[]) => {
    const kept = [...remembered].filter(([id]) => !decides(id));
    return new Map([...kept, ...found].toSorted(([a], [b]) => a - b));
  };
  const faults = shares.flatMap(({ relationId, endpoint, application = '', error, refused }) =>
    error === undefined ? [] : [[relationId, { endpoint, application, error, refused }] as const],
  );
  const prints = shares.flatMap(({ relationId, groups, fingerprint }) =>
    groups.length === 0 ? [] : [[relationId, fingerprint] as const],
  );
  return { senders: renew(known.senders, faults), fingerprints: renew(known.fingerprints, prints) };
}

/** Tells of which senders what was read decides: not of one that is there and has no share. */
function decidedBy(sources: Known<RuleSources>, shares: readonly SenderRules[]): (id: number) => boolean {
  if (sources === 'unobserved') return () => false;
  const { relations, scope } = sources;
  const unread = new Set(relations.map(({ id }) => id));
  for (const { relationId } of shares) unread.delete(relationId);
  return (id) => !unread.has(id) && (scope === 'all' || scope.includes(id));
}

/** Mimir serves on without a sender's rules, so the unit stays active and says what is missing. */
export function senderProblems(notes: ReadonlyMap<number, SenderNote>): readonly Problem[] {
  return [...notes].map(([id, { endpoint, application, error }]) => ({
    status: 'active',
    source: `${endpoint}:${id}`,
    message: `The rules of ${application} are left out until they are mended there: ${error}`,
  }));
}

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { publishNotes, readNotes, type SenderNote } from '../../src/charm/leader-notes.ts';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { fnv1a } from '../../src/mimir/fnv1a.ts';
import { namespaceOf } from '../../src/mimir/namespaces.ts';
import { alertRules, allRelations, aRunningSnapshot, aSender, thePeers } from '../support/builders.ts';
import { effectsOf, ofKind, unitStatusIn, writtenTo } from '../support/effects.ts';

const rules = alertRules('cpu', 'up == 0');
const digest = createHash('sha256')
  .update(rules['alert_rules'] ?? '')
  .digest('hex');
const endpoint = 'receive-remote-write';
const broken: SenderNote = { endpoint, application: 'agent', error: 'not JSON', refused: '' };
const refused: SenderNote = { endpoint, application: 'agent', error: 'invalid template', refused: digest };

function noted(notes: Readonly<Record<number, SenderNote>>, changes: Partial<Snapshot> = {}): Snapshot {
  const senders = new Map(Object.entries(notes).map(([id, note]) => [Number(id), note]));
  const appBag = publishNotes({ alertmanagerConfig: undefined, senders, fingerprints: new Map() });
  return aRunningSnapshot({ peers: thePeers({ appBag }), ...changes });
}

/** Senders that the notes name after this dispatch; undefined if the notes stay as they are. */
function renoted(snapshot: Snapshot): readonly string[] | undefined {
  const text = writtenTo(effectsOf(snapshot), 0).app?.['sender_notes'];
  if (text === undefined) return undefined;
  return [...readNotes({ sender_notes: text }).senders.keys()].map(String);
}

describe('what is wrong with a sender', () => {
  test('is remembered by events that read no sender', () => {
    const snapshot = noted({ 7: broken });
    expect(unitStatusIn(effectsOf(snapshot))).toEqual({
      status: 'active',
      message: expect.stringMatching(/^\[receive-remote-write:7\] .*agent.*not JSON/),
    });
    expect(renoted(snapshot)).toBeUndefined();
  });

  test('is remembered by an event about another sender, beside what is wrong with that one', () => {
    const relation = aSender(8, { remoteAppBag: { alert_rules: '{' } });
    const snapshot = noted(
      { 7: broken },
      { senders: { scope: [8], relations: [relation] }, ruler: new Map() },
    );
    expect(renoted(snapshot)).toEqual(['7', '8']);
    expect(unitStatusIn(effectsOf(snapshot))?.message).toMatch(/^\[receive-remote-write:7\] .*\(and 1 more/);
  });

  test('is remembered while its bag cannot be read', () => {
    const senders = allRelations(aSender(7, { remoteAppBag: 'unobserved' }));
    expect(renoted(noted({ 7: broken }, { senders, ruler: new Map() }))).toBeUndefined();
  });

  test.each([
    ['its rules are mended', { scope: [7], relations: [aSender(7, { remoteAppBag: rules })] }],
    ['it has no rules any more', { scope: [7], relations: [aSender(7, { remoteAppBag: {} })] }],
    ['it is gone', { scope: [7], relations: [] }],
    ['a sweep does not find it', allRelations()],
  ])('is forgotten when %s', (_why, senders) => {
    const snapshot = noted({ 7: broken }, { senders, ruler: new Map() });
    expect(renoted(snapshot)).toEqual([]);
    expect(unitStatusIn(effectsOf(snapshot))).toEqual({ status: 'active', message: '' });
  });

  test.each(['', '{', '[]', '{"x": 1}', '{"7": {"application": "agent"}}', 'null'])(
    'is not known of notes that cannot be read (%j)',
    (sender_notes) => {
      const snapshot = aRunningSnapshot({ peers: thePeers({ appBag: { sender_notes } }) });
      expect(unitStatusIn(effectsOf(snapshot))).toEqual({ status: 'active', message: '' });
    },
  );

  test('is neither noted nor shown by a unit that does not lead', () => {
    const relation = aSender(7, { appBag: 'unobserved', remoteAppBag: { alert_rules: '{' } });
    const effects = effectsOf(aRunningSnapshot({ leader: false, senders: allRelations(relation) }));
    expect(ofKind(effects, 'relation-set').filter(({ scope }) => scope === 'app')).toEqual([]);
    expect(unitStatusIn(effects)).toEqual({ status: 'active', message: '' });
  });
});

describe('rules that the ruler refused', () => {
  const read = (remoteAppBag: Readonly<Record<string, string>>) => ({
    senders: allRelations(aSender(7, { remoteAppBag })),
    ruler: new Map(),
  });

  test('are noted by their digest', () => {
    const refusedRules = new Map([[7, 'invalid template']]);
    const effects = effectsOf(aRunningSnapshot({ ...read(rules), refusedRules }));
    const notes: unknown = JSON.parse(writtenTo(effects, 0).app?.['sender_notes'] ?? '');
    expect(notes).toEqual({
      7: { endpoint, application: 'sender-7', error: 'invalid template', refused: digest },
    });
  });

  test('are not put to it again, and the sender is told so again', () => {
    const effects = effectsOf(noted({ 7: refused }, read(rules)));
    expect(ofKind(effects, 'put-rule-group')).toEqual([]);
    expect(writtenTo(effects, 7).app).toEqual({ event: JSON.stringify({ errors: 'invalid template' }) });
  });

  test('leave nothing of the sender in the ruler', () => {
    const ruler = new Map([[namespaceOf(7), [{ name: 'half', rules: [{ alert: 'A', expr: 'up' }] }]]]);
    const effects = effectsOf(noted({ 7: refused }, { ...read(rules), ruler }));
    expect(ofKind(effects, 'delete-namespace')).toHaveLength(1);
  });

  test('are put to it when they have changed, and the note goes', () => {
    const snapshot = noted({ 7: refused }, read(alertRules('cpu', 'up == 1')));
    expect(ofKind(effectsOf(snapshot), 'put-rule-group')).toHaveLength(1);
    expect(renoted(snapshot)).toEqual([]);
  });
});

describe('rules that were prepared before', () => {
  const group = (name: string) => ({ name, rules: [{ alert: 'Firing', expr: 'up == 0' }] });
  const held = (name: string) => new Map([[namespaceOf(7), [group(name)]]]);
  const senders = allRelations(aSender(7, { remoteAppBag: rules }));

  /** What the leader writes down when the ruler holds nothing yet. */
  const fingerprints = writtenTo(effectsOf(aRunningSnapshot({ senders, ruler: new Map() })), 0).app;

  /** The snapshot of a later event, whose notes are those of that first one. */
  const later = (changes: Partial<Snapshot>) =>
    aRunningSnapshot({ senders, peers: thePeers({ appBag: fingerprints ?? {} }), ...changes });
  const puts = (snapshot: Snapshot) =>
    effectsOf(snapshot).filter(({ kind }) => kind === 'put-rule-group' || kind === 'delete-rule-group');

  test('are noted by a fingerprint of them and of what came of them', () => {
    expect(fingerprints).toEqual({ rule_fingerprints: expect.stringMatching(/^{"7":"[0-9a-f]{16}"}$/) });
  });

  test('stay noted, and nothing is put to a ruler that holds them', () => {
    const effects = effectsOf(later({ ruler: held('cpu') }));
    expect(ofKind(effects, 'put-rule-group')).toEqual([]);
    expect(writtenTo(effects, 0).app).toBeUndefined();
  });

  test.each([
    ['a ruler that lost them', { ruler: new Map() }],
    ['a ruler that holds others', { ruler: held('memory') }],
  ])('are put to %s', (_which, changes) => {
    expect(puts(later(changes))).not.toEqual([]);
  });

  test.each([
    ['an event about another sender', { scope: [8], relations: [aSender(8)] }, undefined],
    ['an event that finds the sender gone', { scope: [7], relations: [] }, { rule_fingerprints: '' }],
    ['a sweep that finds the sender gone', allRelations(), { rule_fingerprints: '' }],
  ])('are forgotten at the right time: %s', (_which, others, written) => {
    expect(writtenTo(effectsOf(later({ senders: others, ruler: held('cpu') })), 0).app).toEqual(written);
  });

  test('are trusted, and not parsed again, but by a new charm or a new leader', () => {
    // What another revision of the charm would have made of these rules.
    const [text] = Object.values(rules);
    const note = JSON.stringify({ 7: fnv1a(JSON.stringify([text, [group('of-old')]])) });
    const peers = thePeers({ appBag: { rule_fingerprints: note } });
    const known = { peers, ruler: held('of-old') };
    expect(puts(later(known))).toEqual([]);
    expect(puts(later({ ...known, prepareAnew: true })).map(({ kind }) => kind)).toEqual([
      'put-rule-group',
      'delete-rule-group',
    ]);
  });
});

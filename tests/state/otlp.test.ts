import { xz } from '@napi-rs/lzma';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/charm/effect.ts';
import { readNotes } from '../../src/charm/leader-notes.ts';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { withUnpackedRules } from '../../src/charm/unpack-rules.ts';
import { bundleOf, publish, publishRules } from '../../src/interfaces/otlp.ts';
import type { Databag } from '../../src/juju/index.ts';
import { namespaceOf } from '../../src/mimir/namespaces.ts';
import type { RuleGroup } from '../../src/mimir/rule-group.ts';
import {
  alertRules,
  allRelations,
  aRunningSnapshot,
  aSender,
  identity,
  thePeers,
} from '../support/builders.ts';
import { effectsOf, ofKind, unitStatusIn, writtenTo } from '../support/effects.ts';
import { aFakeRelation } from '../support/fake-juju.ts';
import { aSettledWorld, forget, runHook, type FakeWorld } from '../support/fake-ports.ts';

const { endpoints } = publish('http://mimir-k8s.cos.svc.cluster.local:9009/otlp');
const group = (name: string): RuleGroup => ({ name, rules: [{ alert: 'Firing', expr: 'up == 0' }] });

function packedBag(text: string): Databag {
  return publishRules(xz.compressSync(text), { application: 'otelcol' });
}

function otlpRules(name: string, expr = 'up == 0'): Databag {
  return packedBag(bundleOf([{ name, rules: [{ alert: 'Firing', expr }] }]));
}

/** What an event does that reads these senders, once their rules are unpacked as in a dispatch. */
async function effectsWith(changes: Partial<Snapshot>): Promise<readonly Effect[]> {
  const snapshot = aRunningSnapshot({ senders: allRelations(), ruler: new Map(), ...changes });
  return effectsOf(await withUnpackedRules(snapshot));
}

const ruleEffects = (effects: readonly Effect[]) =>
  effects.filter(({ kind }) => ['put-rule-group', 'delete-rule-group', 'delete-namespace'].includes(kind));

describe('a sender over OTLP', () => {
  test('is told once, by the leader, where to send, and that nothing is wrong', async () => {
    const effects = await effectsWith({ otlpSenders: allRelations(aSender(7)) });
    expect(writtenTo(effects, 7)).toEqual({ app: { endpoints, event: '{}' } });
  });

  test('is told nothing by a unit that does not lead, which unpacks nothing either', async () => {
    const remoteAppBag = otlpRules('cpu');
    const otlpSenders = allRelations(aSender(7, { appBag: 'unobserved', remoteAppBag }));
    const snapshot = aRunningSnapshot({ leader: false, senders: allRelations(), otlpSenders });
    expect(await withUnpackedRules(snapshot)).toBe(snapshot);
    expect(writtenTo(effectsOf(snapshot), 7)).toEqual({});
  });

  test('has its rules put into a namespace of its own, beside those of a sender by remote write', async () => {
    const effects = await effectsWith({
      senders: allRelations(aSender(6, { remoteAppBag: alertRules('cpu', 'up == 0') })),
      otlpSenders: allRelations(aSender(7, { remoteAppBag: otlpRules('cpu') })),
    });
    expect(ruleEffects(effects)).toEqual([
      { kind: 'put-rule-group', namespace: namespaceOf(6), group: group('cpu') },
      { kind: 'put-rule-group', namespace: namespaceOf(7), group: group('cpu') },
    ]);
  });

  const other = allRelations(aSender(6, { remoteAppBag: alertRules('cpu', 'up == 0') }));
  test.each([
    ['its relation breaks', { senders: 'unobserved', otlpSenders: { scope: [7], relations: [] } }],
    ['a sweep does not find it', { senders: other, otlpSenders: allRelations() }],
  ] as const)('loses its rules when %s, and nobody else does', async (_why, read) => {
    const held = [6, 7].map((id) => [namespaceOf(id), [group('cpu')]] as const);
    const effects = await effectsWith({ ...read, ruler: new Map([...held, ['anonymous', [group('own')]]]) });
    expect(ruleEffects(effects)).toEqual([{ kind: 'delete-namespace', namespace: namespaceOf(7) }]);
  });

  test('whose bag cannot be read keeps its rules and its event', async () => {
    const otlpSenders = allRelations(
      aSender(7, { appBag: { endpoints: endpoints ?? '', event: 'old' }, remoteAppBag: 'unobserved' }),
    );
    const ruler = new Map([[namespaceOf(7), [group('cpu')]]]);
    const effects = await effectsWith({ otlpSenders, ruler });
    expect(ruleEffects(effects)).toEqual([]);
    expect(writtenTo(effects, 7)).toEqual({});
  });

  test.each([
    ['text that is not JSON', { rules: '/Td6WFo' }, /not JSON/],
    ['what is not xz', { rules: '"aGVsbG8gd29ybGQsIGhlbGxv"' }, /xz/],
    ['a bundle that is not JSON', packedBag('groups:'), /not JSON/],
    ['broken PromQL', otlpRules('cpu', 'sum by ('), /rule group "cpu"/],
    ['too much', packedBag(' '.repeat(2 ** 20 + 1)), /more than 1048576 bytes/],
    ['brackets within each other', packedBag(`{"promql": {"groups": [${'['.repeat(9_999)}`), /./],
  ])('with %s loses its own share only, is told so and named', async (_what, remoteAppBag, reason) => {
    const otlpSenders = allRelations(
      aSender(7, { remoteAppBag }),
      aSender(8, { remoteAppBag: otlpRules('cpu') }),
    );
    const effects = await effectsWith({
      otlpSenders,
      ruler: new Map([[namespaceOf(7), [group('old')]]]),
    });
    expect(ruleEffects(effects)).toEqual([
      { kind: 'put-rule-group', namespace: namespaceOf(8), group: group('cpu') },
      { kind: 'delete-namespace', namespace: namespaceOf(7) },
    ]);
    expect(JSON.parse(writtenTo(effects, 7).app?.['event'] ?? '')).toEqual({
      errors: expect.stringMatching(reason),
    });
    expect(unitStatusIn(effects)).toEqual({
      status: 'active',
      message: expect.stringMatching(/^\[receive-otlp:7\] The rules of sender-7 are left out/),
    });
  });
});

describe('rules that came compressed', () => {
  const otlpSenders = allRelations(aSender(7, { remoteAppBag: otlpRules('cpu') }));
  const later = (appBag: Databag, changes: Partial<Snapshot> = {}) =>
    aRunningSnapshot({ senders: allRelations(), otlpSenders, peers: thePeers({ appBag }), ...changes });
  const unpackedIn = async (snapshot: Snapshot) => [
    ...(await withUnpackedRules(snapshot)).unpackedRules.keys(),
  ];

  test('are unpacked again by a ruler that lost them or a new charm, and not while it holds them', async () => {
    const appBag = writtenTo(await effectsWith({ otlpSenders }), 0).app ?? {};
    const ruler = new Map([[namespaceOf(7), [group('cpu')]]]);
    expect(await unpackedIn(later(appBag, { ruler }))).toEqual([]);
    expect(ruleEffects(effectsOf(later(appBag, { ruler })))).toEqual([]);
    expect(await unpackedIn(later(appBag, { ruler: new Map() }))).toEqual([7]);
    expect(await unpackedIn(later(appBag, { ruler, prepareAnew: true }))).toEqual([7]);
  });

  test('are unpacked once in a dispatch', async () => {
    const snapshot = later({}, { unpackedRules: new Map([[7, { ok: true, value: '' }]]) });
    expect((await withUnpackedRules(snapshot)).unpackedRules.get(7)).toEqual({ ok: true, value: '' });
  });

  test('that were not unpacked leave all as it is', () => {
    const ruler = new Map([[namespaceOf(7), [group('cpu')]]]);
    const effects = effectsOf(later({}, { ruler }));
    expect(ruleEffects(effects)).toEqual([]);
    expect(writtenTo(effects, 7)).toEqual({ app: { endpoints } });
  });
});

describe('in a whole dispatch', () => {
  const about = { endpoint: 'receive-otlp', relationId: 7, remoteApp: 'otelcol' } as const;
  const changed = { kind: 'relation-changed', ...about, remoteUnit: undefined } as const;
  const relate = ({ juju }: FakeWorld, rules: Databag) =>
    juju.relations.set(7, aFakeRelation('receive-otlp', 'otelcol', { otelcol: rules, 'otelcol/0': {} }));
  const ourBag = ({ juju }: FakeWorld, id: number) =>
    juju.relations.get(id)?.bags.get(identity.application) ?? {};

  test('rules come and go with their relation', async () => {
    const world = await aSettledWorld();
    relate(world, otlpRules('cpu'));
    await runHook(world, changed);
    expect(world.mimir.ruler.get(namespaceOf(7))).toEqual([group('cpu')]);
    expect(ourBag(world, 7)).toEqual({ endpoints, event: '{}' });

    forget(world);
    await runHook(world, changed);
    await runHook(world, { kind: 'update-status' });
    expect(world.juju.writes).toEqual([]);

    await runHook(world, { kind: 'relation-broken', ...about, remoteUnit: undefined });
    expect(world.mimir.ruler.has(namespaceOf(7))).toBe(false);
  });

  test('rules that the ruler refuses are told to the sender and remembered', async () => {
    const world = await aSettledWorld();
    relate(world, otlpRules('cpu'));
    world.mimir.refusesGroup = () => 'invalid template';
    await runHook(world, changed);
    expect(ourBag(world, 7)['event']).toContain('invalid template');
    expect(readNotes(ourBag(world, 0)).senders.get(7)).toMatchObject({ endpoint: 'receive-otlp' });
    expect(world.juju.unitStatus.message).toMatch(/^\[receive-otlp:7\] .*invalid template/);
  });

  test('a Mimir that was down gets them as soon as it is up', async () => {
    const world = await aSettledWorld();
    relate(world, otlpRules('cpu'));
    await runHook(world, { kind: 'pebble-check-recovered', container: 'mimir', checkName: 'mimir-ready' });
    expect(world.mimir.ruler.get(namespaceOf(7))).toEqual([group('cpu')]);
  });
});

test('rules of one sender are put by an event about it alone', async () => {
  const otlpSenders = { scope: [7], relations: [aSender(7, { remoteAppBag: otlpRules('cpu') })] };
  const ruler = new Map([[namespaceOf(8), [group('cpu')]]]);
  const effects = await effectsWith({ senders: 'unobserved', otlpSenders, ruler });
  expect(ofKind(effects, 'put-rule-group').map(({ namespace }) => namespace)).toEqual([namespaceOf(7)]);
  expect(ofKind(effects, 'delete-namespace')).toEqual([]);
});

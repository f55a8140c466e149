import { describe, expect, test } from 'vitest';
import { diff } from '../../src/charm/diff.ts';
import type { Effect } from '../../src/charm/effect.ts';
import { planFor } from '../../src/charm/handlers/index.ts';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { namespaceOf } from '../../src/mimir/namespaces.ts';
import type { RuleGroup } from '../../src/mimir/rule-group.ts';
import { aRunningSnapshot, aSender, alertRules, allRelations } from '../support/builders.ts';

const url = 'http://mimir-k8s.cos.svc.cluster.local:9009/api/v1/push';

function effectsOf(snapshot: Snapshot): readonly Effect[] {
  return diff(snapshot, planFor({ kind: 'update-status' }, snapshot), { await: true });
}

const ruleEffects = (effects: readonly Effect[]) =>
  effects.filter(({ kind }) => ['put-rule-group', 'delete-rule-group', 'delete-namespace'].includes(kind));

const group = (name: string): RuleGroup => ({ name, rules: [{ alert: 'Firing', expr: 'up == 0' }] });

describe('a sender', () => {
  test('gets the one URL of the application from every unit, also from one that is not the leader', () => {
    const relation = aSender(7, { appBag: 'unobserved', remoteAppBag: 'unobserved', application: undefined });
    const snapshot = aRunningSnapshot({ leader: false, senders: allRelations(relation) });
    expect(effectsOf(snapshot)).toContainEqual({
      kind: 'relation-set',
      relationId: 7,
      scope: 'unit',
      values: { remote_write: JSON.stringify({ url }) },
    });
  });

  test('has its rules put into a namespace of its own by the leader', () => {
    const senders = allRelations(aSender(7, { remoteAppBag: alertRules('cpu', 'up == 0') }));
    const effects = ruleEffects(effectsOf(aRunningSnapshot({ senders, ruler: new Map() })));
    expect(effects).toEqual([{ kind: 'put-rule-group', namespace: namespaceOf(7), group: group('cpu') }]);
  });

  test('with an equal group name as another stays apart from it', () => {
    const senders = allRelations(
      aSender(7, { remoteAppBag: alertRules('cpu', 'up == 0') }),
      aSender(8, { remoteAppBag: alertRules('cpu', 'up == 0') }),
    );
    const effects = ruleEffects(effectsOf(aRunningSnapshot({ senders, ruler: new Map() })));
    expect(effects.map((effect) => 'namespace' in effect && effect.namespace)).toEqual([
      namespaceOf(7),
      namespaceOf(8),
    ]);
  });

  test('that is gone loses its rules, and nobody else does', () => {
    const senders = allRelations(aSender(7, { remoteAppBag: alertRules('cpu', 'up == 0') }));
    const ruler = new Map([
      [namespaceOf(7), [group('cpu')]],
      [namespaceOf(8), [group('cpu')]],
      ['anonymous', [group('the-user-s-own')]],
    ]);
    expect(ruleEffects(effectsOf(aRunningSnapshot({ senders, ruler })))).toEqual([
      { kind: 'delete-namespace', namespace: namespaceOf(8) },
    ]);
  });

  test('that alone was read decides on its own namespace only', () => {
    const ruler = new Map([
      [namespaceOf(7), [group('cpu')]],
      [namespaceOf(8), [group('cpu')]],
    ]);
    const senders = { scope: [8], relations: [] };
    expect(ruleEffects(effectsOf(aRunningSnapshot({ senders, ruler })))).toEqual([
      { kind: 'delete-namespace', namespace: namespaceOf(8) },
    ]);
  });

  test('whose bag cannot be read keeps its rules', () => {
    const senders = allRelations(aSender(7, { remoteAppBag: 'unobserved' }));
    const ruler = new Map([[namespaceOf(7), [group('cpu')]]]);
    expect(ruleEffects(effectsOf(aRunningSnapshot({ senders, ruler })))).toEqual([]);
  });

  test.each([
    ['broken JSON', { alert_rules: '{"groups": [' }],
    ['broken PromQL', alertRules('cpu', 'sum by (')],
    ['a group that is none', { alert_rules: '{"groups": [{"name": 3}]}' }],
  ])('with %s loses its own share only, and is named in a warning', (_what, remoteAppBag) => {
    const senders = allRelations(
      aSender(7, { remoteAppBag }),
      aSender(8, { remoteAppBag: alertRules('cpu', 'up == 0') }),
    );
    const effects = effectsOf(
      aRunningSnapshot({ senders, ruler: new Map([[namespaceOf(7), [group('old')]]]) }),
    );
    expect(ruleEffects(effects)).toEqual([
      { kind: 'put-rule-group', namespace: namespaceOf(8), group: group('cpu') },
      { kind: 'delete-namespace', namespace: namespaceOf(7) },
    ]);
    const message = expect.stringMatching(/^\[receive-remote-write:7\] .*sender-7/);
    expect(effects).toContainEqual({ kind: 'set-status', application: false, status: 'active', message });
    const values = { event: expect.stringContaining('errors') };
    expect(effects).toContainEqual({ kind: 'relation-set', relationId: 7, scope: 'app', values });
  });

  test('whose rules the ruler refused is treated like one whose rules are broken', () => {
    const senders = allRelations(aSender(7, { remoteAppBag: alertRules('cpu', 'up == 0') }));
    const refusedRules = new Map([[7, 'invalid template']]);
    const effects = effectsOf(aRunningSnapshot({ senders, ruler: new Map(), refusedRules }));
    expect(ruleEffects(effects)).toEqual([]);
    const message = expect.stringContaining('invalid template');
    expect(effects).toContainEqual({ kind: 'set-status', application: false, status: 'active', message });
  });

  test("keeps Juju's own keys in our bag", () => {
    const unitBag = { 'ingress-address': '10.1.0.3', remote_write: JSON.stringify({ url }) };
    const senders = allRelations(aSender(7, { unitBag, appBag: { event: '{}' } }));
    const bags = effectsOf(aRunningSnapshot({ senders })).filter(
      (effect) => effect.kind === 'relation-set' && effect.relationId === 7,
    );
    expect(bags).toEqual([]);
  });

  test('loses nothing when a dying leader sees its relations break', () => {
    const senders = { scope: [7], relations: [] };
    const ruler = new Map([[namespaceOf(7), [group('cpu')]]]);
    const snapshot = { ...aRunningSnapshot({ senders, ruler }), dying: true };
    expect(ruleEffects(effectsOf(snapshot))).toEqual([]);
    expect(effectsOf(snapshot).some(({ kind }) => kind === 'relation-set')).toBe(false);
  });
});

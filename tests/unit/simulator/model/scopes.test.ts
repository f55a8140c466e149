import { expect, test } from 'vitest';
import { bagOf, relationOf, unitOf } from '../../../../src/simulator/model/access.ts';
import { begin, finish } from '../../../../src/simulator/model/finish.ts';
import { agentStopped, unitGone } from '../../../../src/simulator/model/lifecycle.ts';
import { nextOperation } from '../../../../src/simulator/model/next-operation.ts';
import type { Model } from '../../../../src/simulator/model/records.ts';
import { syncScopes } from '../../../../src/simulator/model/scope.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import {
  agentUp,
  aModel,
  anIntegratedModel,
  hooksOf,
  integrate,
  nothing,
  nudge,
  runNext,
  settle,
  settleAll,
  writeIn,
} from './builders.ts';

const removeRelation = (model: Model) =>
  step(model, { command: 'remove-relation', endpoints: ['server:db', 'client:db'] });
const scale = (model: Model, units: number) =>
  step(model, { command: 'scale-application', application: 'server', units });
const success = { kind: 'success', changes: nothing } as const;

test('a relation removed before its relation-created ran anywhere is gone without a hook', () => {
  const removed = removeRelation(integrate(settleAll(aModel())));
  expect(removed.relations[1]).toBeUndefined();
  expect(unitOf(removed, 'server/0').agent.relations).not.toHaveProperty('1');
  expect(hooksOf(removed, 'client/0')).toEqual([]);
});

test('a relation removed while its relation-created runs on one side departs there and is gone', () => {
  const related = integrate(settleAll(aModel()));
  const created = nextOperation(related, 'server/0');
  if (created === undefined) throw new Error('there is no relation-created');
  const removed = removeRelation(begin(related, 'server/0', created));
  const ended = finish(removed, 'server/0', { operation: created, outcome: success });
  expect(hooksOf(ended, 'server/0')).toEqual(['db-relation-broken']);
  expect(settleAll(ended).relations[1]).toBeUndefined();
});

test('a relation removed while a unit runs another hook lets the unit go when that hook has ended', () => {
  const due = nudge(integrate(settleAll(aModel())), 'server', '5');
  const busy = runNext(due, 'client/0').model;
  const operation = { kind: 'plain', name: 'update-status' } as const;
  const removed = removeRelation(begin(busy, 'server/0', operation));
  const ended = finish(removed, 'server/0', { operation, outcome: success });
  expect(relationOf(ended, 1).scope).toEqual(['client/0']);
  expect(settleAll(ended).relations[1]).toBeUndefined();
});

test('a failed relation-created of a removed relation is run again, and then breaks', () => {
  const failed = runNext(integrate(settleAll(aModel())), 'server/0', { kind: 'failed' }).model;
  const removed = removeRelation(failed);
  const solved = step(removed, { command: 'resolved', unit: 'server/0', retry: true });
  expect(hooksOf(solved, 'server/0')).toEqual(['db-relation-created', 'db-relation-broken']);
});

test('a unit that dies before its relation-created leaves no member behind', () => {
  const related = integrate(settleAll(aModel({ server: 2 })));
  const dead = settle(scale(related, 1), 'server/1');
  expect(relationOf(dead, 1).scope).not.toContain('server/1');
  expect(hooksOf(unitGone(dead, 'server/1'), 'client/0')).toEqual([
    'db-relation-created',
    'db-relation-joined server/0',
    'db-relation-changed server/0',
  ]);
});

test('a unit whose pod is gone without its last hooks leaves no member behind', () => {
  const gone = unitGone(scale(anIntegratedModel({ server: 2 }), 1), 'server/1');
  expect(relationOf(gone, 0).scope).toEqual(['server/0']);
  expect(relationOf(gone, 1).scope).toEqual(['server/0', 'client/0']);
});

test('a unit that comes back under its old name begins with a new bag, and the others are told of it', () => {
  const integrated = anIntegratedModel({ server: 2 });
  const bag = { relation: 1, owner: 'server/1', values: { old: 'yes' } };
  const written = settleAll(writeIn(nudge(integrated, 'server', '5'), 'server/1', [bag]));
  const left = unitGone(settleAll(scale(written, 1)), 'server/1');
  const before = bagOf(relationOf(left, 1), 'server/1').version;
  const back = settle(agentUp(scale(left, 2), 'server/1'), 'server/1');
  const { values, version } = bagOf(relationOf(back, 1), 'server/1');
  expect(Object.keys(values)).toEqual(['egress-subnets', 'ingress-address', 'private-address']);
  expect(version).toBeGreaterThan(before);
  expect(hooksOf(back, 'client/0')).toEqual(['db-relation-joined server/1', 'db-relation-changed server/1']);
});

test('the others hear of a leaving unit as soon as it dies, before its own hooks have run', () => {
  const dying = scale(anIntegratedModel({ server: 2 }), 1);
  expect(hooksOf(dying, 'client/0')).toEqual(['db-relation-departed server/1']);
  expect(hooksOf(dying, 'server/0')).toEqual(['friends-relation-departed server/1']);
  expect(relationOf(dying, 1).scope).toContain('server/1');
});

test('a unit enters a new relation when the hook that it runs has ended', () => {
  const operation = { kind: 'plain', name: 'update-status' } as const;
  const related = integrate(begin(settleAll(aModel()), 'server/0', operation));
  expect(relationOf(related, 1).scope).toEqual(['client/0']);
  expect(unitOf(related, 'server/0').agent.relations).not.toHaveProperty('1');
  const ended = finish(related, 'server/0', { operation, outcome: success });
  expect(relationOf(ended, 1).scope).toEqual(['client/0', 'server/0']);
});

test('a unit without its agent enters a new relation when the agent is back', () => {
  const related = integrate(agentStopped(settleAll(aModel()), 'server/0'));
  expect(relationOf(related, 1).scope).toEqual(['client/0']);
  expect(relationOf(agentUp(related, 'server/0'), 1).scope).toEqual(['client/0', 'server/0']);
});

test('entering again changes nothing', () => {
  const integrated = anIntegratedModel();
  expect(syncScopes(integrated, 'server/0')).toEqual(integrated);
});

test('changes that would make a bag hold more than Juju lets it are refused, counted in bytes', () => {
  const write = (model: Model, key: string, mebibytes: number) => {
    const values = { [key]: 'é'.repeat(mebibytes * 512 * 1024) };
    const due = nudge(model, 'server', key === 'a' ? '5' : '6');
    return writeIn(due, 'server/0', [{ relation: 1, owner: 'server', values }]);
  };
  const half = write(anIntegratedModel(), 'a', 9);
  expect(() => write(half, 'b', 9)).toThrow('settings of server exceed the quota');
  expect(bagOf(relationOf(write(half, 'b', 6), 1), 'server').version).toBe(2);
});

test('a unit destroyed while it installs ends with its last hooks', () => {
  const [install] = [nextOperation(aModel(), 'server/0')];
  if (install === undefined) throw new Error('there is no install');
  const destroyed = scale(begin(aModel(), 'server/0', install), 0);
  expect(unitOf(destroyed, 'server/0').life).toBe('dying');
  const ended = finish(destroyed, 'server/0', { operation: install, outcome: success });
  expect(hooksOf(ended, 'server/0')).toEqual(['remove']);
});

test('a unit that does not lead has leader-settings-changed once, and the leader never', () => {
  const model = aModel({ server: 2 });
  const hooks = hooksOf(model, 'server/1');
  expect(hooks.filter((hook) => hook === 'leader-settings-changed')).toHaveLength(1);
  expect(hooks.indexOf('leader-settings-changed')).toBe(hooks.indexOf('friends-relation-created') + 1);
  expect(hooksOf(model, 'server/0')).not.toContain('leader-settings-changed');
});

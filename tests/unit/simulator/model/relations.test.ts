import { expect, test } from 'vitest';
import { relationOf, unitOf } from '../../../../src/simulator/model/access.ts';
import { nextOperation } from '../../../../src/simulator/model/next-operation.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import {
  aModel,
  anIntegratedModel,
  hooksOf,
  integrate,
  nudge,
  runNext,
  settle,
  settleAll,
  writeIn,
} from './builders.ts';

test('a new relation is created, and each remote unit joins and is at once told as changed', () => {
  expect(hooksOf(integrate(settleAll(aModel({ server: 2 }))), 'client/0')).toEqual([
    'db-relation-created',
    'db-relation-joined server/0',
    'db-relation-changed server/0',
    'db-relation-joined server/1',
    'db-relation-changed server/1',
  ]);
});

test('the changed that follows a joined comes before the changed of an application bag', () => {
  const related = integrate(settleAll(aModel()));
  const joining = runNext(runNext(related, 'client/0').model, 'client/0');
  expect(joining.operation.name).toBe('db-relation-joined');
  const bag = { relation: 1, owner: 'server', values: { a: '1' } };
  const written = writeIn(joining.model, 'server/0', [bag]);
  expect(hooksOf(written, 'client/0')).toEqual(['db-relation-changed server/0', 'db-relation-changed']);
});

test('an application bag that was never written is not told', () => {
  expect(hooksOf(integrate(settleAll(aModel())), 'client/0')).not.toContain('db-relation-changed');
});

test('a write to a unit bag is told to remote units and not to the writer', () => {
  const due = nudge(anIntegratedModel(), 'server', '5');
  const written = writeIn(due, 'server/0', [{ relation: 1, owner: 'server/0', values: { a: '1' } }]);
  expect(hooksOf(written, 'client/0')).toEqual(['db-relation-changed server/0']);
  expect(hooksOf(written, 'server/0')).toEqual([]);
});

test('several writes before a unit is free are one changed', () => {
  const once = writeIn(nudge(anIntegratedModel(), 'server', '5'), 'server/0', [
    { relation: 1, owner: 'server/0', values: { a: '1' } },
  ]);
  const twice = writeIn(nudge(once, 'server', '6'), 'server/0', [
    { relation: 1, owner: 'server/0', values: { a: '2' } },
  ]);
  expect(hooksOf(twice, 'client/0')).toEqual(['db-relation-changed server/0']);
});

test('writing the stored values again tells nobody', () => {
  const change = [{ relation: 1, owner: 'server/0', values: { a: '1' } }];
  const told = settleAll(writeIn(nudge(anIntegratedModel(), 'server', '5'), 'server/0', change));
  const again = writeIn(nudge(told, 'server', '6'), 'server/0', change);
  expect(hooksOf(again, 'client/0')).toEqual([]);
});

test('an empty value deletes its key', () => {
  const set = writeIn(nudge(anIntegratedModel(), 'server', '5'), 'server/0', [
    { relation: 1, owner: 'server', values: { a: '1', b: '2' } },
  ]);
  const cut = writeIn(nudge(set, 'server', '6'), 'server/0', [
    { relation: 1, owner: 'server', values: { a: '' } },
  ]);
  expect(relationOf(cut, 1).bags['server']?.values).toEqual({ b: '2' });
});

test('a peer application bag is told to the other units but not to the leader that wrote it', () => {
  const model = settleAll(aModel({ server: 2 }));
  const written = writeIn(nudge(model, 'server', '5'), 'server/0', [
    { relation: 0, owner: 'server', values: { a: '1' } },
  ]);
  expect(hooksOf(settle(written, 'server/0'), 'server/0')).toEqual([]);
  expect(hooksOf(settle(written, 'server/0'), 'server/1')).toContain('friends-relation-changed');
});

test('a joined that failed is run again and the unit is no member before it succeeded', () => {
  const created = runNext(integrate(settleAll(aModel())), 'client/0').model;
  const broken = runNext(created, 'client/0', { kind: 'failed' }).model;
  expect(unitOf(broken, 'client/0').agent.relations[1]?.members).toEqual({});
  expect(unitOf(broken, 'client/0').agent.held?.hook.name).toBe('db-relation-joined');
});

test('a removed relation departs each unit and then breaks, on both sides, and is then gone', () => {
  const removed = step(anIntegratedModel({ client: 2 }), {
    command: 'remove-relation',
    endpoints: ['server', 'client:db'],
  });
  expect(hooksOf(removed, 'server/0')).toEqual([
    'db-relation-departed client/0',
    'db-relation-departed client/1',
    'db-relation-broken',
  ]);
  expect(nextOperation(removed, 'client/0')).toMatchObject({ departingUnit: 'server/0' });
  expect(relationOf(settle(removed, 'server/0'), 1).life).toBe('dying');
  expect(settleAll(removed).relations[1]).toBeUndefined();
});

test('bags of a departed unit stay readable while the relation lives', () => {
  const scaled = step(anIntegratedModel({ server: 2 }), {
    command: 'scale-application',
    application: 'server',
    units: 1,
  });
  expect(relationOf(settleAll(scaled), 1).bags['server/1']?.values).toHaveProperty('ingress-address');
});

test('a relation removed before any unit entered it is gone at once', () => {
  const related = integrate(aModel({ server: 0, client: 0 }));
  const removed = step(related, { command: 'remove-relation', endpoints: ['server:db', 'client:db'] });
  expect(removed.relations[1]).toBeUndefined();
});

test('a scaled-up unit joins its peers and the others see it join', () => {
  const model = settleAll(aModel({ server: 2 }));
  const hooks = hooksOf(model, 'server/0');
  expect(hooks).toEqual([]);
  expect(Object.keys(unitOf(model, 'server/0').agent.relations[0]?.members ?? {})).toEqual(['server/1']);
  expect(Object.keys(unitOf(model, 'server/1').agent.relations[0]?.members ?? {})).toEqual(['server/0']);
});

import { expect, test } from 'vitest';
import { applicationOf } from '../../../../src/simulator/model/access.ts';
import { unitGone } from '../../../../src/simulator/model/lifecycle.ts';
import { nextOperation } from '../../../../src/simulator/model/next-operation.ts';
import type { Model } from '../../../../src/simulator/model/records.ts';
import { after, changeSecret } from '../../../../src/simulator/model/secret-changes.ts';
import type { SecretChange, SecretFields } from '../../../../src/simulator/model/secret-changes.ts';
import { becomesDue } from '../../../../src/simulator/model/secret-events.ts';
import { latestRevision, secretOf, withConsumer } from '../../../../src/simulator/model/secrets.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import { anIntegratedModel, hooksOf, nothing, nudge, runNext, settleAll } from './builders.ts';

const id = '9m4e2mr0ui3e8a215n4g';
const content = (text: string) => ({ password: text });
const relation = 1;

/** Runs a hook of the server's leader that changes secrets. */
function change(model: Model, changes: readonly SecretChange[]): Model {
  const size = Number(applicationOf(model, 'server').config['size'] ?? 1) + 1;
  const due = nudge(model, 'server', String(size));
  return runNext(due, 'server/0', { kind: 'success', changes: { ...nothing, secrets: changes } }).model;
}

const add = (fields: SecretFields, owner = 'server'): SecretChange => ({ kind: 'add', id, owner, fields });
const set = (fields: SecretFields): SecretChange => ({ kind: 'set', id, fields });
const grant: SecretChange = { kind: 'grant', id, grant: { relation, target: 'client' } };

/** A secret of the server, granted to the client, whose unit has read it. */
function aReadSecret(fields: SecretFields = {}): Model {
  const model = change(anIntegratedModel({ server: 2 }), [add({ content: content('a'), ...fields }), grant]);
  const consumer = { label: 'mine', tracked: 1, told: 1 };
  return withConsumer(settleAll(model), id, { unit: 'client/0', consumer });
}

const at = (model: Model, ms: number) => ({ ...model, now: after(model, ms) });

test('a new revision is told to a unit that has read the secret, with its own label, and once', () => {
  const changed = change(aReadSecret(), [set({ content: content('b') })]);
  expect(nextOperation(changed, 'client/0')).toMatchObject({
    name: 'secret-changed',
    secret: id,
    label: 'mine',
  });
  expect(hooksOf(changed, 'client/0')).toEqual(['secret-changed']);
  expect(hooksOf(changed, 'server/1')).toEqual(['config-changed']);
});

test('revisions in between are not told', () => {
  const once = change(aReadSecret(), [set({ content: content('b') })]);
  const twice = change(once, [set({ content: content('c'), label: 'x' })]);
  expect(nextOperation(twice, 'client/0')).toMatchObject({ name: 'secret-changed', revision: 3 });
});

test('equal content makes no revision', () => {
  const same = change(aReadSecret(), [set({ content: content('a'), description: 'words' })]);
  expect(secretOf(same, id)).toMatchObject({ description: 'words', revisions: { 1: {} } });
  expect(latestRevision(secretOf(same, id))).toBe(1);
});

test('a unit without the grant is told nothing', () => {
  const revoked = change(aReadSecret(), [{ ...grant, kind: 'revoke' }, set({ content: content('b') })]);
  expect(hooksOf(revoked, 'client/0')).toEqual([]);
});

test('the leader is told once of each old revision that nobody tracks', () => {
  const changed = change(aReadSecret(), [set({ content: content('b') })]);
  expect(hooksOf(changed, 'server/0')).toEqual([]);
  const consumer = { label: 'mine', tracked: 2, told: 2 };
  const tracked = withConsumer(changed, id, { unit: 'client/0', consumer });
  expect(nextOperation(tracked, 'server/0')).toMatchObject({ name: 'secret-remove', revision: 1 });
  expect(hooksOf(tracked, 'server/0')).toEqual(['secret-remove']);
  expect(hooksOf(tracked, 'server/1')).toEqual(['config-changed']);
});

test('a rotation is asked of the leader when it is due, soon again if nothing is done, and later if it is', () => {
  const model = aReadSecret({ rotate: 'hourly' });
  expect(hooksOf(model, 'server/0')).toEqual([]);
  const due = at(model, 3_600_000);
  expect(becomesDue(model, due.now)).toBe(true);
  expect(hooksOf(due, 'server/0')).toEqual(['secret-rotate']);
  const ignored = runNext(due, 'server/0').model;
  expect(hooksOf(at(ignored, 300_000), 'server/0')).toEqual(['secret-rotate']);
  const rotated = runNext(due, 'server/0', {
    kind: 'success',
    changes: { ...nothing, secrets: [set({ content: content('b') })] },
  }).model;
  expect(hooksOf(at(rotated, 300_000), 'server/0')).toEqual([]);
  expect(hooksOf(at(rotated, 3_600_000), 'server/0')).toEqual(['secret-rotate']);
});

test('a rotation that failed is not run again by a unit that leads no more', () => {
  const due = at(aReadSecret({ rotate: 'hourly' }), 3_600_000);
  const failed = runNext(due, 'server/0', { kind: 'failed' }).model;
  const lost = step(failed, { command: 'set-leader', unit: 'server/1' });
  expect(hooksOf(step(lost, { command: 'resolved', unit: 'server/0', retry: true }), 'server/0')).toEqual([]);
  expect(hooksOf(lost, 'server/1').toSorted()).toEqual(['leader-elected', 'secret-rotate']);
});

test('an expired revision is told until it is removed', () => {
  const model = aReadSecret({ expires: '1970-01-01T01:00:00Z' });
  const due = at(model, 3_600_000);
  expect(nextOperation(due, 'server/0')).toMatchObject({ name: 'secret-expired', revision: 1 });
  const told = runNext(due, 'server/0').model;
  expect(nextOperation(told, 'server/0')).toBeUndefined();
  const again = at(told, 300_000);
  expect(nextOperation(again, 'server/0')).toMatchObject({ name: 'secret-expired' });
  const removed = runNext(again, 'server/0', {
    kind: 'success',
    changes: { ...nothing, secrets: [set({ content: content('b') }), { kind: 'remove', id, revision: 1 }] },
  }).model;
  expect(hooksOf(at(removed, 300_000), 'server/0')).toEqual([]);
});

test('grants end with their relation, and a secret with its owner', () => {
  const endpoints = ['server:db', 'client:db'] as const;
  const cut = settleAll(step(aReadSecret(), { command: 'remove-relation', endpoints }));
  expect(secretOf(cut, id).grants).toEqual([]);
  const owned = change(anIntegratedModel(), [add({ content: content('a') }, 'server/0')]);
  expect(unitGone(owned, 'server/0').secrets).toEqual({});
});

test('a removed last revision removes the secret', () => {
  expect(change(aReadSecret(), [{ kind: 'remove', id }]).secrets).toEqual({});
  expect(change(aReadSecret(), [{ kind: 'remove', id, revision: 1 }]).secrets).toEqual({});
});

const unknown = '0'.repeat(20);

test.each<readonly [what: string, unit: string, wrong: SecretChange, message: string]>([
  ['unknown to all', 'server/0', { kind: 'remove', id: unknown }, `secret "${unknown}" not found`],
  ['of another application', 'client/0', set({}), `secret "${id}" not found`],
  ['of its application but not led by it', 'server/1', set({}), 'this unit is not the leader'],
  ['whose revision is not there', 'server/0', { kind: 'remove', id, revision: 9 }, `"${id}/9" not found`],
])('a unit cannot change a secret %s', (...[, unit, wrong, message]) => {
  expect(() => changeSecret(aReadSecret(), unit, wrong)).toThrow(message);
});

test('an owner has a label once', () => {
  const added = { kind: 'add', id: unknown, fields: { label: 'db' } } as const;
  const model = change(anIntegratedModel(), [add({ label: 'db' })]);
  expect(() => changeSecret(model, 'server/0', { ...added, owner: 'server' })).toThrow(
    'secret with label "db" already exists',
  );
  expect(() => changeSecret(model, 'server/0', { ...added, owner: 'server/0' })).not.toThrow();
});

test('a secret of the user is told to whom it was granted, and to no owner', () => {
  const commands = [
    { command: 'add-secret', id, name: 'cert', content: content('a') },
    { command: 'grant-secret', secret: 'cert', applications: ['client'] },
  ] as const;
  const model = commands.reduce(step, anIntegratedModel());
  const consumer = { label: '', tracked: 1, told: 1 };
  const read = withConsumer(model, id, { unit: 'client/0', consumer });
  const updated = step(read, { command: 'update-secret', secret: `secret:${id}`, content: content('b') });
  expect(hooksOf(updated, 'client/0')).toEqual(['secret-changed']);
  expect(hooksOf(updated, 'server/0')).toEqual([]);
});

test('the user is told what is wrong with what he says of a secret', () => {
  const model = step(anIntegratedModel(), { command: 'add-secret', id, name: 'cert', content: {} });
  const again = { command: 'add-secret', id: '0'.repeat(20), name: 'cert', content: {} } as const;
  expect(() => step(model, again)).toThrow('secret with name "cert" already exists');
  const missing = { command: 'grant-secret', secret: 'key', applications: ['client'] } as const;
  expect(() => step(model, missing)).toThrow('secret "key" not found');
  const nobody = { command: 'grant-secret', secret: 'cert', applications: ['nobody'] } as const;
  expect(() => step(model, nobody)).toThrow('application "nobody" not found');
});

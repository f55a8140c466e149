import { expect, test } from 'vitest';
import { parseCharm } from '../../../../src/simulator/model/charm.ts';
import { effectiveConfig } from '../../../../src/simulator/model/config.ts';
import { applicationStatus, setUnitStatus, status } from '../../../../src/simulator/model/statuses.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import { aModel, anIntegratedModel, deploy, settleAll } from './builders.ts';

const endpoints = (a: string, b: string) => ({ command: 'integrate', endpoints: [a, b] }) as const;
const set = (settings: Record<string, string>) =>
  ({ command: 'config', application: 'server', set: settings, reset: [] }) as const;

test('two applications with several fitting endpoints are ambiguous', () => {
  expect(() => step(aModel(), endpoints('client', 'server'))).toThrow(
    'ambiguous relation: "client server" could refer to "client:db server:admin"; "client:db server:db"',
  );
});

test('an endpoint of another interface does not fit', () => {
  expect(() => step(aModel(), endpoints('client:cache', 'server'))).toThrow('no relations found');
});

test('an endpoint that the charm does not have is refused by name', () => {
  expect(() => step(aModel(), endpoints('client:x', 'server'))).toThrow(
    'application "client" has no "x" relation',
  );
});

test('the same relation is refused a second time', () => {
  expect(() => step(anIntegratedModel(), endpoints('server:db', 'client:db'))).toThrow(/already exists/);
});

test('a relation past the limit of an endpoint is refused', () => {
  const full = step(aModel(), endpoints('server:admin', 'client:db'));
  const other = step(full, {
    command: 'deploy',
    application: 'second',
    charm: parseCharm({ metadata: 'name: second\nrequires: { db: { interface: db } }' }),
    units: 0,
    config: {},
    resources: {},
    storage: {},
    trust: false,
  });
  expect(() => step(other, endpoints('server:admin', 'second'))).toThrow(
    /for server:admin would exceed its maximum relation limit of 1/,
  );
});

test('a relation that does not exist cannot be removed', () => {
  const command = { command: 'remove-relation', endpoints: ['server:db', 'client:db'] } as const;
  expect(() => step(aModel(), command)).toThrow('relation "server:db client:db" not found');
});

test('a relation may be removed by its id, but not a peer relation or one that there is not', () => {
  const remove = (id: string) => step(anIntegratedModel(), { command: 'remove-relation', endpoints: [id] });
  expect(remove('1').relations[1]?.life).toBe('dying');
  expect(() => remove('0')).toThrow('relation "server:friends" is a peer relation');
  expect(() => remove('9')).toThrow('relation 9 not found');
});

test('an option that the charm does not have is refused', () => {
  expect(() => step(aModel(), set({ sise: '1' }))).toThrow('unknown option "sise"');
});

test.each([
  ['size', 'large', 'option "size" expected int, got "large"'],
  ['loud', 'very', 'option "loud" expected boolean, got "very"'],
])('a value of another type is refused: %s=%s', (name, value, message) => {
  expect(() => step(aModel(), set({ [name]: value }))).toThrow(message);
});

test('set values are typed, others are their defaults, and those without are unset', () => {
  const { applications } = step(aModel(), set({ loud: 'True' }));
  const { server } = applications;
  expect(server && effectiveConfig(server)).toEqual({ loud: true, name: undefined, size: 1 });
});

test('a reset option has its default again', () => {
  const changed = step(aModel(), set({ size: '5' }));
  const back = step(changed, { command: 'config', application: 'server', set: {}, reset: ['size'] });
  expect(back.applications['server']?.config).toEqual({});
});

test('an application cannot be deployed twice under one name', () => {
  expect(() => deploy(aModel(), 'server', 1)).toThrow(/application already exists/);
});

test('an unknown action, a missing parameter and one of another type are refused', () => {
  const run = (action: string, parameters: Record<string, unknown>) => () =>
    step(aModel(), { command: 'run', unit: 'server/0', action, parameters });
  expect(run('restore', {})).toThrow('action "restore" not defined on unit "server/0"');
  expect(run('backup', {})).toThrow('"level" property is missing and required');
  expect(run('backup', { level: 1, target: 2 })).toThrow('must be of type string');
});

test('an application shows its worst unit until its leader sets a status', () => {
  const model = settleAll(aModel({ server: 2 }));
  const blocked = setUnitStatus(model, 'server/1', status(model, 'blocked', 'help'));
  expect(applicationStatus(blocked, 'server')).toMatchObject({ current: 'blocked', message: 'help' });
});

test('a charm whose metadata does not fit is refused with the place of the mistake', () => {
  expect(() => parseCharm({ metadata: 'name: x\nprovides: { db: { limit: one } }' })).toThrow(
    /metadata\.yaml: provides\.db/,
  );
});

import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/juju/environment.ts';
import type { EventKind } from '../../../src/juju/event.ts';
import { parseEvent } from '../../../src/juju/parse-event.ts';
import { everyHook, inHook } from './variables.ts';

const db = { JUJU_RELATION: 'db', JUJU_RELATION_ID: 'db:7', JUJU_REMOTE_APP: 'pg', JUJU_REMOTE_UNIT: 'pg/1' };
const dbFacts = { endpoint: 'db', relationId: 7, remoteApp: 'pg', remoteUnit: 'pg/1' };
const secret = { JUJU_SECRET_ID: 'secret:9m4e2mr0ui3e8a215n4g', JUJU_SECRET_LABEL: '' };
const secretFacts = { id: 'secret:9m4e2mr0ui3e8a215n4g', label: undefined };
const storage = {
  JUJU_STORAGE_ID: 'data/0',
  JUJU_STORAGE_LOCATION: '/var/lib/juju/storage/data/0',
  JUJU_STORAGE_KIND: 'filesystem',
};
const storageFacts = {
  storageName: 'data',
  storageId: 'data/0',
  location: '/var/lib/juju/storage/data/0',
};

/** Each kind with a hook of it, the variables that Juju adds for it, and the facts to be read. */
const examples: Readonly<
  Record<
    Exclude<EventKind, 'action'>,
    readonly [hook: string, variables: Record<string, string>, facts: object]
  >
> = {
  install: ['install', {}, {}],
  start: ['start', {}, {}],
  stop: ['stop', {}, {}],
  remove: ['remove', {}, {}],
  'config-changed': ['config-changed', {}, {}],
  'update-status': ['update-status', {}, {}],
  'upgrade-charm': ['upgrade-charm', {}, {}],
  'leader-elected': ['leader-elected', {}, {}],
  'leader-settings-changed': ['leader-settings-changed', {}, {}],
  'pre-series-upgrade': ['pre-series-upgrade', { JUJU_TARGET_BASE: 'ubuntu@24.04' }, {}],
  'post-series-upgrade': ['post-series-upgrade', {}, {}],
  'collect-metrics': ['collect-metrics', {}, {}],
  'meter-status-changed': ['meter-status-changed', { JUJU_METER_STATUS: 'GREEN' }, {}],
  'relation-created': [
    'db-relation-created',
    { ...db, JUJU_REMOTE_UNIT: '' },
    { ...dbFacts, remoteUnit: undefined },
  ],
  'relation-joined': ['db-relation-joined', db, dbFacts],
  'relation-changed': ['db-relation-changed', db, dbFacts],
  'relation-departed': [
    'db-relation-departed',
    { ...db, JUJU_DEPARTING_UNIT: 'pg/1' },
    { ...dbFacts, departingUnit: 'pg/1' },
  ],
  'relation-broken': [
    'db-relation-broken',
    { ...db, JUJU_REMOTE_UNIT: '', JUJU_REMOTE_APP: '' },
    { ...dbFacts, remoteUnit: undefined, remoteApp: undefined },
  ],
  'pebble-ready': ['mimir-pebble-ready', { JUJU_WORKLOAD_NAME: 'mimir' }, { container: 'mimir' }],
  'pebble-custom-notice': [
    'mimir-pebble-custom-notice',
    {
      JUJU_WORKLOAD_NAME: 'mimir',
      JUJU_NOTICE_ID: '12',
      JUJU_NOTICE_TYPE: 'custom',
      JUJU_NOTICE_KEY: 'example.com/done',
    },
    { container: 'mimir', noticeId: '12', noticeType: 'custom', noticeKey: 'example.com/done' },
  ],
  'pebble-check-failed': [
    'mimir-pebble-check-failed',
    { JUJU_WORKLOAD_NAME: 'mimir', JUJU_PEBBLE_CHECK_NAME: 'ready' },
    { container: 'mimir', checkName: 'ready' },
  ],
  'pebble-check-recovered': [
    'mimir-pebble-check-recovered',
    { JUJU_WORKLOAD_NAME: 'mimir', JUJU_PEBBLE_CHECK_NAME: 'ready' },
    { container: 'mimir', checkName: 'ready' },
  ],
  'secret-changed': [
    'secret-changed',
    { ...secret, JUJU_SECRET_LABEL: 's3' },
    { ...secretFacts, label: 's3' },
  ],
  'secret-rotate': ['secret-rotate', secret, secretFacts],
  'secret-expired': [
    'secret-expired',
    { ...secret, JUJU_SECRET_REVISION: '2' },
    { ...secretFacts, revision: 2 },
  ],
  'secret-remove': [
    'secret-remove',
    { ...secret, JUJU_SECRET_REVISION: '3' },
    { ...secretFacts, revision: 3 },
  ],
  'storage-attached': ['data-storage-attached', storage, storageFacts],
  'storage-detaching': [
    'data-storage-detaching',
    {},
    { storageName: 'data', storageId: undefined, location: undefined },
  ],
  unknown: ['solar-eclipse', {}, { hookName: 'solar-eclipse' }],
};

describe('an event', () => {
  test.each(Object.entries(examples))('%s is told by its hook, with its facts', (kind, example) => {
    const [hook, variables, facts] = example;
    expect(parseEvent(inHook(hook, variables))).toStrictEqual({ kind, ...facts });
  });

  test('action is told by the dispatch path, since the hook name is empty then', () => {
    const environment = readEnvironment(
      {
        ...everyHook,
        JUJU_HOOK_NAME: '',
        JUJU_DISPATCH_PATH: 'actions/show-rules',
        JUJU_ACTION_NAME: 'show-rules',
        JUJU_ACTION_UUID: '42',
        JUJU_ACTION_TAG: 'action-42',
      },
      '/',
    );
    expect(parseEvent(environment)).toStrictEqual({ kind: 'action', name: 'show-rules', id: '42' });
  });

  test('an action that is called as a hook is an action all the same', () => {
    const variables = { JUJU_DISPATCH_PATH: 'actions/start', JUJU_ACTION_UUID: '1' };
    expect(parseEvent(inHook('', variables))).toStrictEqual({ kind: 'action', name: 'start', id: '1' });
  });

  test.each([
    ['receive-remote-write-relation-changed', 'receive-remote-write'],
    ['pebble-relation-changed', 'pebble'],
    ['a-relation-changed-relation-changed', 'a-relation-changed'],
    ['storage-attached-relation-changed', 'storage-attached'],
  ])('%s belongs to the endpoint %s', (hook, endpoint) => {
    expect(parseEvent(inHook(hook, db))).toMatchObject({ kind: 'relation-changed', endpoint });
  });

  test.each([
    'relation-changed',
    '-relation-changed',
    'db-relation-vanished',
    'db-secret-changed',
    'toString',
  ])('the hook %s is unknown', (hookName) => {
    expect(parseEvent(inHook(hookName, db))).toStrictEqual({ kind: 'unknown', hookName });
  });

  test('an empty dispatch path counts as absent, and the hook name is used', () => {
    expect(parseEvent(inHook('start', { JUJU_DISPATCH_PATH: '' }))).toStrictEqual({ kind: 'start' });
  });

  test('no event can be told if nothing was dispatched', () => {
    const environment = readEnvironment({ ...everyHook, JUJU_HOOK_NAME: '' }, '/');
    expect(() => parseEvent(environment)).toThrow('cannot tell the event: JUJU_DISPATCH_PATH is not set');
  });

  test.each([
    ['db-relation-changed', 'JUJU_RELATION_ID'],
    ['mimir-pebble-custom-notice', 'JUJU_NOTICE_ID'],
    ['mimir-pebble-check-failed', 'JUJU_PEBBLE_CHECK_NAME'],
    ['secret-changed', 'JUJU_SECRET_ID'],
    ['secret-expired', 'JUJU_SECRET_REVISION'],
  ])('%s without %s is refused', (hook, variable) => {
    const message = `cannot read the facts of ${hook}: ${variable} is not set`;
    expect(() => parseEvent(inHook(hook))).toThrow(message);
  });
});

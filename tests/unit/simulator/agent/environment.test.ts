import { expect, test } from 'vitest';
import { dispatchEnvironment } from '../../../../src/simulator/agent/environment.ts';
import type { Operation } from '../../../../src/simulator/model/operation.ts';

const variablesOf = (operation: Operation) =>
  dispatchEnvironment({ model: { name: 'm', uuid: 'u' }, unit: 'app/0', contextId: 'c', operation });
const common = variablesOf({ kind: 'exec', id: '1', name: 'run-commands', argv: [] });

/** What an operation adds to what every dispatch has. */
function added(operation: Operation): Record<string, string> {
  const entries = Object.entries(variablesOf(operation));
  return Object.fromEntries(entries.filter(([name, value]) => common[name] !== value));
}

test('juju exec has neither hook nor dispatch path', () => {
  expect(common['JUJU_HOOK_NAME']).toBe('');
  expect(common).not.toHaveProperty('JUJU_DISPATCH_PATH');
});

test('no variable of the agent’s own leaks, and what Kubernetes leaves empty is exported', () => {
  expect(common).not.toHaveProperty('HOME');
  expect(common).toMatchObject({ JUJU_MACHINE_ID: '', JUJU_PRINCIPAL_UNIT: '', JUJU_CHARM_NO_PROXY: '' });
  expect(common['PATH']).toMatch(/^\/var\/lib\/juju\/tools\/unit-app-0:.*:\/charm\/bin$/);
});

test('an action has its name and its number, and an empty hook name', () => {
  expect(added({ kind: 'action', id: '42', name: 'backup', parameters: {} })).toEqual({
    JUJU_DISPATCH_PATH: 'actions/backup',
    JUJU_ACTION_NAME: 'backup',
    JUJU_ACTION_UUID: '42',
    JUJU_ACTION_TAG: 'action-42',
  });
});

test('a relation hook of an application exports an empty remote unit', () => {
  const hook = { kind: 'relation', phase: 'changed', relation: 7, endpoint: 'db' } as const;
  expect(added({ ...hook, name: 'db-relation-changed', remoteApplication: 'pg' })).toEqual({
    JUJU_HOOK_NAME: 'db-relation-changed',
    JUJU_DISPATCH_PATH: 'hooks/db-relation-changed',
    JUJU_RELATION: 'db',
    JUJU_RELATION_ID: 'db:7',
    JUJU_REMOTE_APP: 'pg',
    JUJU_REMOTE_UNIT: '',
  });
});

test('only a departed names the departing unit', () => {
  const hook = { kind: 'relation', phase: 'departed', relation: 7, endpoint: 'db' } as const;
  const units = { remoteApplication: 'pg', remoteUnit: 'pg/1', departingUnit: 'pg/1' };
  expect(added({ ...hook, name: 'db-relation-departed', ...units })).toMatchObject({
    JUJU_REMOTE_UNIT: 'pg/1',
    JUJU_DEPARTING_UNIT: 'pg/1',
  });
});

test('a hook of a container names it, and its notice or its check', () => {
  const notice = { id: '3', type: 'custom', key: 'example.com/x' };
  expect(added({ kind: 'workload', name: 'w-pebble-custom-notice', container: 'w', notice })).toMatchObject({
    JUJU_WORKLOAD_NAME: 'w',
    JUJU_NOTICE_ID: '3',
    JUJU_NOTICE_TYPE: 'custom',
    JUJU_NOTICE_KEY: 'example.com/x',
  });
  expect(
    added({ kind: 'workload', name: 'w-pebble-check-failed', container: 'w', check: 'up' }),
  ).toMatchObject({
    JUJU_PEBBLE_CHECK_NAME: 'up',
  });
});

test('a storage hook says where the storage is', () => {
  const hook = {
    kind: 'storage',
    name: 'data-storage-attached',
    phase: 'attached',
    storage: 'data/0',
  } as const;
  expect(added(hook)).toMatchObject({
    JUJU_STORAGE_ID: 'data/0',
    JUJU_STORAGE_LOCATION: '/var/lib/juju/storage/data/0',
    JUJU_STORAGE_KIND: 'filesystem',
  });
});

test('a hook of a secret names it, and its revision only if it is about one', () => {
  const hook = { kind: 'secret', secret: '9m4e2mr0ui3e8a215n4g', label: 'db', revision: 2 } as const;
  expect(added({ ...hook, name: 'secret-changed' })).toMatchObject({
    JUJU_SECRET_ID: 'secret:9m4e2mr0ui3e8a215n4g',
    JUJU_SECRET_LABEL: 'db',
  });
  expect(added({ ...hook, name: 'secret-rotate' })).not.toHaveProperty('JUJU_SECRET_REVISION');
  for (const name of ['secret-expired', 'secret-remove'] as const) {
    expect(added({ ...hook, name })).toMatchObject({ JUJU_SECRET_REVISION: '2' });
  }
});

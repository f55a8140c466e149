import { expect, test } from 'vitest';
import { applicationOf } from '../../../../src/simulator/model/access.ts';
import { parseCharm } from '../../../../src/simulator/model/charm.ts';
import type { Charm } from '../../../../src/simulator/model/charm.ts';
import type { Model } from '../../../../src/simulator/model/records.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import { agentStopped, agentStopping } from '../../../../src/simulator/model/lifecycle.ts';
import { agentUp, aModel, anIntegratedModel, hooksOf, server, settle, settleAll } from './builders.ts';

const refresh = (model: Model, charm: Charm | undefined, resources: Record<string, string> = {}) =>
  step(model, { command: 'refresh', application: 'server', charm, resources });

const newer = (metadata = '', config = '') =>
  parseCharm({
    metadata: `
name: server
containers: { engine: { resource: engine-image } }
resources: { engine-image: { type: oci-image } }
storage: { data: { type: filesystem } }
provides: { db: { interface: db } }
peers: { friends: { interface: friends }, mates: { interface: mates } }
${metadata}`,
    config,
  });

test('a refreshed application has the new charm and the next revision', () => {
  const refreshed = refresh(refresh(settleAll(aModel()), newer()), undefined, { 'engine-image': 'e:2' });
  expect(applicationOf(refreshed, 'server')).toMatchObject({
    ...{ revision: 2, resources: { 'engine-image': 'e:2' } },
    charm: { options: {} },
  });
});

test('set options survive if the new charm has them with that type', () => {
  const set = { size: '5', name: 'x', loud: 'true' };
  const model = step(aModel(), { command: 'config', application: 'server', set, reset: [] });
  const charm = newer('', 'options: { size: { type: int }, loud: { type: string } }');
  expect(applicationOf(refresh(model, charm), 'server').config).toEqual({ size: 5 });
});

test('a unit in a new pod upgrades, and creates the new peer relation', () => {
  const refreshed = refresh(settleAll(aModel()), newer());
  const stopped = settle(agentStopping(refreshed, 'server/0'), 'server/0');
  const hooks = hooksOf(agentUp(agentStopped(stopped, 'server/0'), 'server/0'), 'server/0');
  expect(hooks.filter((hook) => hook !== 'mates-relation-created')).toEqual([
    ...['upgrade-charm', 'config-changed', 'start'],
  ]);
  expect(hooks).toContain('mates-relation-created');
});

test.each<[string, Charm, string]>([
  ['of another name', parseCharm({ metadata: 'name: other' }), 'cannot refresh "server" to "other"'],
  [
    'without the storage',
    { ...server, storage: {} },
    'cannot upgrade application "server" to charm "server": storage "data" removed',
  ],
  [
    'without an endpoint that is related',
    { ...server, endpoints: {} },
    'cannot upgrade application "server" to charm "server": would break relation "server:friends"',
  ],
])('a charm %s is refused', (_what, charm, message) => {
  expect(() => refresh(anIntegratedModel(), charm)).toThrow(message);
});

test('a resource that the charm does not have is refused', () => {
  expect(() => refresh(aModel(), undefined, { wheel: 'x' })).toThrow('unrecognized resource "wheel"');
});

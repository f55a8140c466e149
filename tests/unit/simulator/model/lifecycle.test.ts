import { expect, test } from 'vitest';
import { bagOf, relationOf, unitOf } from '../../../../src/simulator/model/access.ts';
import {
  agentStopped,
  agentStopping,
  hasStarted,
  queueWorkloadEvent,
  retry,
  unitGone,
} from '../../../../src/simulator/model/lifecycle.ts';
import { nextOperation } from '../../../../src/simulator/model/next-operation.ts';
import type { Model } from '../../../../src/simulator/model/records.ts';
import type { WorkloadHook } from '../../../../src/simulator/model/operation.ts';
import { shownStatus } from '../../../../src/simulator/model/statuses.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import {
  agentUp,
  aModel,
  anIntegratedModel,
  hooksOf,
  nothing,
  nudge,
  runNext,
  settle,
  settleAll,
} from './builders.ts';

const ready: WorkloadHook = { kind: 'workload', name: 'engine-pebble-ready', container: 'engine' };
const failed = { kind: 'failed' } as const;

test('a new unit installs, creates its peer relation, is elected, attaches storage, configures and starts', () => {
  expect(hooksOf(aModel(), 'server/0')).toEqual([
    'install',
    'friends-relation-created',
    'leader-elected',
    'data-storage-attached',
    'config-changed',
    'start',
  ]);
});

test('a unit without pod does nothing', () => {
  expect(
    nextOperation(
      step(aModel(), { command: 'scale-application', application: 'server', units: 2 }),
      'server/1',
    ),
  ).toBeUndefined();
});

test('a unit that is no leader gets no leader-elected', () => {
  expect(hooksOf(aModel({ server: 2 }), 'server/1')).not.toContain('leader-elected');
});

test('a relation made before install is created before config-changed', () => {
  const related = step(aModel(), { command: 'integrate', endpoints: ['server:db', 'client'] });
  const hooks = hooksOf(related, 'server/0');
  expect(hooks.indexOf('db-relation-created')).toBeLessThan(hooks.indexOf('config-changed'));
});

test('pebble-ready may come before config-changed, but not before install', () => {
  const queued = queueWorkloadEvent(aModel(), 'server/0', ready);
  const hooks = hooksOf(queued, 'server/0');
  expect(hooks[0]).toBe('install');
  expect(hooks.indexOf('engine-pebble-ready')).toBeLessThan(hooks.indexOf('config-changed'));
});

test('start follows the first config-changed, whatever came meanwhile', () => {
  let model = aModel();
  while (nextOperation(model, 'server/0')?.name !== 'start') model = runNext(model, 'server/0').model;
  expect(nextOperation(queueWorkloadEvent(model, 'server/0', ready), 'server/0')?.name).toBe('start');
});

test('the unit becomes unknown after start if its charm never set a status', () => {
  expect(unitOf(settleAll(aModel()), 'server/0').workload.current).toBe('unknown');
});

test('config-changed comes once for several changes and never for the same values', () => {
  const settled = settleAll(aModel());
  expect(hooksOf(nudge(nudge(settled, 'server', '5'), 'server', '6'), 'server/0')).toEqual([
    'config-changed',
  ]);
  expect(hooksOf(nudge(settled, 'server', '1'), 'server/0')).toEqual([]);
});

test('what a failed hook wrote is dropped and the very hook is run again before all others', () => {
  const due = nudge(anIntegratedModel(), 'server', '5');
  const broken = runNext(due, 'server/0', failed).model;
  expect(shownStatus(unitOf(broken, 'server/0'))).toMatchObject({
    current: 'error',
    message: 'hook failed: "config-changed"',
  });
  expect(nextOperation(queueWorkloadEvent(broken, 'server/0', ready), 'server/0')).toBeUndefined();
  expect(nextOperation(retry(broken, 'server/0'), 'server/0')?.name).toBe('config-changed');
});

test('a unit in error still runs actions', () => {
  const broken = runNext(nudge(settleAll(aModel()), 'server', '5'), 'server/0', failed).model;
  const asked = step(broken, {
    command: 'run',
    unit: 'server/0',
    action: 'backup',
    parameters: { level: 1 },
  });
  expect(nextOperation(asked, 'server/0')).toMatchObject({
    kind: 'action',
    name: 'backup',
    parameters: { level: 1, target: 'disk' },
  });
});

test('failures in a row are counted, and forgotten after a success', () => {
  const once = runNext(nudge(settleAll(aModel()), 'server', '5'), 'server/0', failed).model;
  const twice = runNext(retry(once, 'server/0'), 'server/0', failed).model;
  expect(unitOf(twice, 'server/0').agent.held?.failures).toBe(2);
  const healed = settle(retry(twice, 'server/0'), 'server/0');
  expect(unitOf(healed, 'server/0').agent.held).toBeUndefined();
});

test('a terminated hook is no error and is run again at once', () => {
  const due = nudge(settleAll(aModel()), 'server', '5');
  const killed = runNext(due, 'server/0', { kind: 'terminated' }).model;
  expect(shownStatus(unitOf(killed, 'server/0')).current).not.toBe('error');
  expect(nextOperation(killed, 'server/0')?.name).toBe('config-changed');
});

test('a failed pebble-ready is dropped and is no error', () => {
  const queued = queueWorkloadEvent(settleAll(aModel()), 'server/0', ready);
  const after = runNext(queued, 'server/0', failed).model;
  expect(nextOperation(after, 'server/0')).toBeUndefined();
  expect(shownStatus(unitOf(after, 'server/0')).current).toBe('unknown');
});

test('a deleted pod of a living unit stops, and the new one upgrades, configures and starts', () => {
  const stopping = agentStopping(settleAll(aModel()), 'server/0');
  expect(hooksOf(stopping, 'server/0')).toEqual(['stop']);
  const back = agentUp(agentStopped(settle(stopping, 'server/0'), 'server/0'), 'server/0');
  expect(hooksOf(back, 'server/0')).toEqual(['upgrade-charm', 'config-changed', 'start']);
});

test('an agent has started from its start hook on until its stop hook, and an agent that starts anew has not', () => {
  const started = (model: Model) => hasStarted(unitOf(model, 'server/0').agent);
  expect(started(aModel())).toBe(false);
  const running = settleAll(aModel());
  expect(started(running)).toBe(true);
  expect(started(agentStopping(running, 'server/0'))).toBe(true);
  expect(started(settle(agentStopping(running, 'server/0'), 'server/0'))).toBe(false);
  const killed = agentStopped(running, 'server/0');
  expect(started(killed)).toBe(false);
  const anew = agentUp(killed, 'server/0', false);
  expect(started(anew)).toBe(false);
  expect(started(settleAll(anew))).toBe(true);
});

test('a killed agent runs no stop', () => {
  const back = agentUp(agentStopped(settleAll(aModel()), 'server/0'), 'server/0');
  expect(hooksOf(back, 'server/0')).toEqual(['upgrade-charm', 'config-changed', 'start']);
});

test('a pod that died during a failed hook restores the hook and has no upgrade-charm', () => {
  const broken = runNext(nudge(settleAll(aModel()), 'server', '5'), 'server/0', failed).model;
  const back = agentUp(agentStopped(broken, 'server/0'), 'server/0');
  expect(nextOperation(back, 'server/0')).toBeUndefined();
  expect(hooksOf(retry(back, 'server/0'), 'server/0')).toEqual(['config-changed', 'start']);
});

test('a restarted charm container has only start', () => {
  const back = agentUp(agentStopped(settleAll(aModel()), 'server/0'), 'server/0', false);
  expect(hooksOf(back, 'server/0')).toEqual(['start']);
});

test('a leaving unit detaches storage, departs, breaks, stops and removes, and only then is dead', () => {
  const model = anIntegratedModel({ server: 2 });
  const scaled = step(model, { command: 'scale-application', application: 'server', units: 1 });
  expect(hooksOf(scaled, 'server/1')).toEqual([
    'data-storage-detaching',
    'friends-relation-departed server/0',
    'db-relation-departed client/0',
    'db-relation-broken',
    'stop',
    'remove',
  ]);
  expect(unitOf(scaled, 'server/1').life).toBe('dying');
  expect(unitOf(settle(scaled, 'server/1'), 'server/1').life).toBe('dead');
});

test('those who stay are told which unit departs', () => {
  const model = anIntegratedModel({ server: 2 });
  const scaled = step(model, { command: 'scale-application', application: 'server', units: 1 });
  const dead = settle(scaled, 'server/1');
  expect(nextOperation(dead, 'client/0')).toMatchObject({
    name: 'db-relation-departed',
    remoteUnit: 'server/1',
    departingUnit: 'server/1',
  });
  expect(hooksOf(dead, 'server/0')).toEqual(['friends-relation-departed server/1']);
});

test('the unit that leaves is told itself as the departing one', () => {
  const model = anIntegratedModel({ server: 2 });
  const scaled = step(model, { command: 'scale-application', application: 'server', units: 1 });
  const detached = runNext(scaled, 'server/1').model;
  expect(nextOperation(detached, 'server/1')).toMatchObject({
    remoteUnit: 'server/0',
    departingUnit: 'server/1',
  });
});

test('a dead leader leaves its place to the first living unit, which is elected', () => {
  const model = settleAll(aModel({ server: 2 }));
  const elected = step(model, { command: 'set-leader', unit: 'server/1' });
  const scaled = step(settleAll(elected), { command: 'scale-application', application: 'server', units: 1 });
  const left = settle(scaled, 'server/1');
  expect(hooksOf(left, 'server/0')).toContain('leader-elected');
});

test('a removed application is gone when its last unit is, and the other side has seen the relation break', () => {
  const removed = step(anIntegratedModel(), { command: 'remove-application', application: 'server' });
  const settled = settleAll(removed);
  const gone = unitGone(settled, 'server/0');
  expect(gone.applications['server']).toBeUndefined();
  expect(Object.keys(gone.relations)).toEqual([]);
  expect(gone.units['client/0']?.agent.relations).toEqual({});
});

test('a unit that was never installed is dead at once when it is removed', () => {
  const removed = step(aModel(), { command: 'remove-application', application: 'server' });
  expect(unitOf(removed, 'server/0').life).toBe('dead');
});

test('ports opened and closed by a hook are kept per unit', () => {
  const due = nudge(settleAll(aModel()), 'server', '5');
  const opened = runNext(due, 'server/0', {
    kind: 'success',
    changes: { ...nothing, openPorts: ['80/tcp', '443/tcp'] },
  }).model;
  expect(unitOf(opened, 'server/0').ports).toEqual(['443/tcp', '80/tcp']);
  const closed = runNext(nudge(opened, 'server', '6'), 'server/0', {
    kind: 'success',
    changes: { ...nothing, closePorts: ['80/tcp'] },
  }).model;
  expect(unitOf(closed, 'server/0').ports).toEqual(['443/tcp']);
});

test('a unit bag begins with what Juju knows of the network', () => {
  const { values } = bagOf(relationOf(anIntegratedModel(), 1), 'server/0');
  expect(Object.keys(values)).toEqual(['egress-subnets', 'ingress-address', 'private-address']);
});

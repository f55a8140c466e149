import { expect, test } from 'vitest';
import { unitOf } from '../../../../src/simulator/model/access.ts';
import { begin, finish } from '../../../../src/simulator/model/finish.ts';
import { retry } from '../../../../src/simulator/model/lifecycle.ts';
import { nextOperation } from '../../../../src/simulator/model/next-operation.ts';
import type { Operation } from '../../../../src/simulator/model/operation.ts';
import type { Model } from '../../../../src/simulator/model/records.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import { aModel, anIntegratedModel, hooksOf, nothing, nudge, runNext, settleAll } from './builders.ts';

const setLeader = (model: Model, unit: string) => step(model, { command: 'set-leader', unit });
const two = () => settleAll(aModel({ server: 2 }));
const update: Operation = { kind: 'plain', name: 'update-status' };
const success = { kind: 'success', changes: nothing } as const;

test('a changed leader is told to the new leader alone', () => {
  const changed = setLeader(two(), 'server/1');
  expect(hooksOf(changed, 'server/1')).toEqual(['leader-elected']);
  expect(hooksOf(changed, 'server/0')).toEqual([]);
});

test('a unit that lost the leadership again before it was free has no leader-elected', () => {
  const busy = begin(two(), 'server/1', update);
  const lost = setLeader(setLeader(busy, 'server/1'), 'server/0');
  expect(hooksOf(finish(lost, 'server/1', { operation: update, outcome: success }), 'server/1')).toEqual([]);
});

test('a leader that had the leadership back before it was free is not elected again', () => {
  const busy = begin(two(), 'server/0', update);
  const back = setLeader(setLeader(busy, 'server/1'), 'server/0');
  expect(hooksOf(finish(back, 'server/0', { operation: update, outcome: success }), 'server/0')).toEqual([]);
});

test('a leader that was free while another led is elected again', () => {
  expect(hooksOf(setLeader(setLeader(two(), 'server/1'), 'server/0'), 'server/0')).toEqual([
    'leader-elected',
  ]);
});

test('a failed leader-elected is skipped if the leadership is lost before it is run again', () => {
  const failed = runNext(setLeader(two(), 'server/1'), 'server/1', { kind: 'failed' }).model;
  const lost = setLeader(failed, 'server/0');
  expect(unitOf(lost, 'server/1').agent.held?.step).toBe('failed');
  expect(nextOperation(retry(lost, 'server/1'), 'server/1')).toBeUndefined();
});

test('a terminated leader-elected is not run again by a unit that does not lead', () => {
  const elected = setLeader(two(), 'server/1');
  const operation = nextOperation(elected, 'server/1');
  if (operation === undefined) throw new Error('nobody was elected');
  const lost = setLeader(begin(elected, 'server/1', operation), 'server/0');
  const ended = finish(lost, 'server/1', { operation, outcome: { kind: 'terminated' } });
  expect(nextOperation(ended, 'server/1')).toBeUndefined();
});

test('a hook whose unit lost the leadership in its middle cannot write the application bag', () => {
  const operation: Operation = { kind: 'plain', name: 'config-changed', configHash: '5' };
  const busy = begin(nudge(anIntegratedModel({ server: 2 }), 'server', '5'), 'server/0', operation);
  const lost = setLeader(busy, 'server/1');
  const write = (owner: string) => () =>
    finish(lost, 'server/0', {
      operation,
      outcome: {
        kind: 'success',
        changes: { ...nothing, bags: [{ relation: 1, owner, values: { a: '1' } }] },
      },
    });
  expect(write('server')).toThrow('"server/0" is not leader of "server"');
  expect(write('server/0')).not.toThrow();
});

test('a unit that is leaving cannot be made the leader', () => {
  const scaled = step(two(), { command: 'scale-application', application: 'server', units: 1 });
  expect(() => setLeader(scaled, 'server/1')).toThrow('unit "server/1" is not alive');
});

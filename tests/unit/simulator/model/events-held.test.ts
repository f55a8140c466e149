import { expect, test } from 'vitest';
import { begin, finish } from '../../../../src/simulator/model/finish.ts';
import { queueWorkloadEvent, retry } from '../../../../src/simulator/model/lifecycle.ts';
import { nextOperation } from '../../../../src/simulator/model/next-operation.ts';
import type { WorkloadHook } from '../../../../src/simulator/model/operation.ts';
import { aModel, hooksOf, nothing, runNext, settleAll } from './builders.ts';

const container = 'engine';
const ready: WorkloadHook = { kind: 'workload', name: 'engine-pebble-ready', container };
const notice: WorkloadHook = {
  ...{ kind: 'workload', name: 'engine-pebble-custom-notice', container },
  notice: { id: '1', type: 'custom', key: 'example.com/x' },
};
const checkFailed: WorkloadHook = {
  ...{ kind: 'workload', name: 'engine-pebble-check-failed', container },
  check: 'up',
};
const checkRecovered: WorkloadHook = { ...checkFailed, name: 'engine-pebble-check-recovered' };

test.each([ready, notice])('an event that comes again while its hook runs is told again: $name', (event) => {
  const running = begin(queueWorkloadEvent(settleAll(aModel()), 'server/0', event), 'server/0', event);
  const again = queueWorkloadEvent(running, 'server/0', { ...event });
  const outcome = { kind: 'success', changes: nothing } as const;
  const ended = finish(again, 'server/0', { operation: event, outcome });
  expect(hooksOf(ended, 'server/0')).toEqual([event.name]);
});

test.each([notice, checkFailed, checkRecovered])('a failed $name is an error and is run again', (event) => {
  const failed = runNext(queueWorkloadEvent(settleAll(aModel()), 'server/0', event), 'server/0', {
    kind: 'failed',
  }).model;
  expect(nextOperation(failed, 'server/0')).toBeUndefined();
  expect(nextOperation(retry(failed, 'server/0'), 'server/0')).toEqual(event);
  expect(hooksOf(retry(failed, 'server/0'), 'server/0')).toEqual([event.name]);
});

test.each([notice, checkFailed, checkRecovered])('a terminated $name is run again at once', (event) => {
  const killed = runNext(queueWorkloadEvent(settleAll(aModel()), 'server/0', event), 'server/0', {
    kind: 'terminated',
  }).model;
  expect(hooksOf(killed, 'server/0')).toEqual([event.name]);
});

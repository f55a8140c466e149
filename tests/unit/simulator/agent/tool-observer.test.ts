import { expect, test } from 'vitest';
import { createUnitObserver } from '../../../../src/simulator/agent/tool-observer.ts';

const call = { tool: 'is-leader', args: [], stdout: '', stderr: '', code: 0 };

test('only the N-th call of the named hook is killed, and only once', () => {
  const killed: string[] = [];
  const observer = createUnitObserver(() => 0);
  observer.armKill({ hook: 'start', call: 2 });
  const kills = (hook: string) => {
    observer.dispatchBegan({ operation: hook, kill: () => killed.push(hook) });
    return [observer.countCall(), observer.countCall(), observer.countCall()];
  };
  expect(kills('stop')).toEqual([false, false, false]);
  expect(kills('start')).toEqual([false, true, false]);
  expect(kills('start')).toEqual([false, false, false]);
  expect(killed).toEqual(['start']);
});

test('calls between dispatches are neither counted nor recorded', () => {
  const observer = createUnitObserver(() => 0);
  observer.armKill({ hook: undefined, call: 1 });
  observer.setRecording(true);
  observer.record(call);
  expect([observer.countCall(), observer.recorded()]).toEqual([false, []]);
});

test('nothing is recorded until recording is turned on, which empties the record', () => {
  const observer = createUnitObserver(() => 0);
  observer.dispatchBegan({ operation: 'start', kill: () => undefined });
  observer.record(call);
  expect(observer.recorded()).toEqual([]);
  observer.setRecording(true);
  observer.record(call);
  expect(observer.recorded()).toEqual([{ operation: 'start', ...call }]);
  observer.setRecording(true);
  expect(observer.recorded()).toEqual([]);
});

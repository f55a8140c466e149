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

test('a kill is over with the dispatch that it was meant for, though that one had fewer calls', () => {
  const observer = createUnitObserver(() => 0);
  const callsOf = (hook: string, count: number) => {
    observer.dispatchBegan({ operation: hook, kill: () => undefined });
    const killed = Array.from({ length: count }, () => observer.countCall());
    observer.dispatchEnded();
    return killed;
  };
  observer.armKill({ hook: undefined, call: 3 });
  expect(callsOf('start', 2)).toEqual([false, false]);
  expect(callsOf('start', 4)).toEqual([false, false, false, false]);
});

test('a dispatch that runs when a kill is armed is not the next one', () => {
  const observer = createUnitObserver(() => 0);
  observer.dispatchBegan({ operation: 'start', kill: () => undefined });
  observer.armKill({ hook: 'start', call: 1 });
  expect(observer.countCall()).toBe(false);
  observer.dispatchEnded();
  observer.dispatchBegan({ operation: 'start', kill: () => undefined });
  expect(observer.countCall()).toBe(true);
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

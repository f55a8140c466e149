import { expect, test } from 'vitest';
import { nextOperation } from '../../../../src/simulator/model/next-operation.ts';
import type { Model } from '../../../../src/simulator/model/records.ts';
import { shownStatus } from '../../../../src/simulator/model/statuses.ts';
import { step } from '../../../../src/simulator/model/step.ts';
import { unitOf } from '../../../../src/simulator/model/access.ts';
import { aModel, hooksOf, integrate, nudge, runNext, settleAll } from './builders.ts';

const resolved = (model: Model, unit: string, retry: boolean) =>
  step(model, { command: 'resolved', unit, retry });
const fail = (model: Model, unit: string) => runNext(model, unit, { kind: 'failed' }).model;

test('a resolved unit runs its failed hook at once', () => {
  const failed = fail(nudge(settleAll(aModel()), 'server', '5'), 'server/0');
  expect(nextOperation(failed, 'server/0')).toBeUndefined();
  expect(hooksOf(resolved(failed, 'server/0', true), 'server/0')).toEqual(['config-changed']);
});

test('a unit resolved without a retry goes on as if its hook had succeeded', () => {
  const failed = fail(nudge(settleAll(aModel()), 'server', '5'), 'server/0');
  const skipped = resolved(failed, 'server/0', false);
  expect(hooksOf(skipped, 'server/0')).toEqual([]);
  expect(shownStatus(unitOf(skipped, 'server/0')).current).toBe('unknown');
});

test('a skipped install is followed by the rest of a deployment', () => {
  const skipped = resolved(fail(aModel(), 'server/0'), 'server/0', false);
  expect(hooksOf(skipped, 'server/0').slice(0, 2)).toEqual(['friends-relation-created', 'leader-elected']);
});

test('a skipped joined makes the remote unit a member whose changed is next', () => {
  const created = runNext(integrate(settleAll(aModel())), 'client/0').model;
  const skipped = resolved(fail(created, 'client/0'), 'client/0', false);
  expect(hooksOf(skipped, 'client/0')).toEqual(['db-relation-changed server/0']);
});

test('a unit without an error cannot be resolved', () => {
  expect(() => resolved(settleAll(aModel()), 'server/0', true)).toThrow(
    'unit "server/0" is not in an error state',
  );
});

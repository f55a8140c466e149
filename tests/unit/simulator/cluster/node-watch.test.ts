import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createNodeWatch, nodeIsHeard } from '../../../../src/simulator/cluster/node-watch.ts';
import { createReadiness, type Readiness } from '../../../../src/simulator/cluster/readiness.ts';

const spec = {
  ...{ name: 'app-0', application: 'app', unit: 'app/0', charm: '/c' },
  ...{ containers: [], charmMounts: [] },
};
let readiness: Readiness;

beforeEach(() => {
  vi.useFakeTimers();
  readiness = createReadiness(spec, ['charm', nodeIsHeard], () => undefined);
});
afterEach(() => vi.useRealTimers());

test('a pod on a node that is heard of is as ready as its containers', () => {
  const node = createNodeWatch(readiness, 10);
  node.report('charm', true);
  expect(readiness.isReady()).toBe(true);
  node.report('charm', false);
  expect(readiness.isReady()).toBe(false);
});

test('a silent node’s pod counts as it did until the control plane has waited, and is as it is when the node is back', () => {
  const node = createNodeWatch(readiness, 10);
  node.report('charm', true);
  node.fellSilent();
  node.report('charm', false);
  node.report('charm', true);
  vi.advanceTimersByTime(3999);
  expect([node.isHeard(), readiness.isReady()]).toEqual([false, true]);
  vi.advanceTimersByTime(1);
  expect([node.isHeard(), readiness.isReady()]).toEqual([false, false]);
  node.isBack();
  expect([node.isHeard(), readiness.isReady()]).toEqual([true, true]);
});

test('what a container became meanwhile is heard when the node is back in time', () => {
  const node = createNodeWatch(readiness, 10);
  node.report('charm', true);
  node.fellSilent();
  node.report('charm', false);
  expect(readiness.isReady()).toBe(true);
  node.isBack();
  vi.advanceTimersByTime(10_000);
  expect(readiness.isReady()).toBe(false);
});

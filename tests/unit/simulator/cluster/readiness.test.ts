import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from '../../../../src/simulator/cluster/cluster.ts';
import { createReadiness } from '../../../../src/simulator/cluster/readiness.ts';

const spec = {
  name: 'app-0',
  application: 'app',
  unit: 'app/0',
  charm: '/c',
  containers: [],
  charmMounts: [],
};

describe('readiness of a pod', () => {
  it('needs all containers, and is told only when it changes', () => {
    const events: ClusterEvent[] = [];
    const readiness = createReadiness(spec, ['charm', 'mimir'], (event) => events.push(event));
    readiness.set('charm', true);
    expect(readiness.isReady()).toBe(false);
    readiness.set('mimir', true);
    readiness.set('mimir', true);
    readiness.set('charm', false);
    readiness.set('mimir', false);
    expect(events).toEqual([
      { kind: 'readiness', pod: 'app-0', ready: true },
      { kind: 'readiness', pod: 'app-0', ready: false },
    ]);
  });

  it('ends for good when the pod is being deleted', () => {
    const events: ClusterEvent[] = [];
    const readiness = createReadiness(spec, ['charm'], (event) => events.push(event));
    readiness.set('charm', true);
    readiness.end();
    readiness.set('charm', true);
    expect(readiness.isReady()).toBe(false);
    expect(events.at(-1)).toEqual({ kind: 'readiness', pod: 'app-0', ready: false });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import {
  eventually,
  podSpec,
  startTestCluster,
  type TestCluster,
} from '../../support/cluster/test-cluster.ts';

const obstacle = probeNamespaces();
const events = z.array(z.looseObject({ kind: z.string(), ready: z.boolean().optional() }));

// Juju: internal/worker/uniter/probe.go and containeragent/initialize/command.go; Pebble: checkstate, checks begin as up.
describe.skipIf(obstacle !== undefined)(
  `the agent's readiness probe (${obstacle ?? 'in namespaces'})`,
  () => {
    let cluster: TestCluster;
    const pod = 'app-0';
    /** Readiness of the pod as it changed, in order. */
    const readiness = async () =>
      events
        .parse(await cluster.call({ method: 'events' }))
        .filter(({ kind }) => kind === 'readiness')
        .map(({ ready }) => ready);
    const changes = (count: number) => eventually(async () => (await readiness()).length === count);

    beforeAll(async () => {
      cluster = await startTestCluster({ speed: 50 });
      await cluster.call({ method: 'createPod', spec: podSpec(cluster, pod), agentStarts: false });
    });
    afterAll(() => cluster[Symbol.asyncDispose]());

    it('leaves a pod ready whose agent has not started, until the check has failed three times', async () => {
      await changes(2);
      expect(await readiness()).toEqual([true, false]);
    });

    it('makes the pod ready when the charm has started', async () => {
      await cluster.call({ method: 'setAgentStarted', pod, started: true });
      await changes(3);
    });

    it('is that of a new agent when the charm container has been started anew', async () => {
      await cluster.call({ method: 'killContainer', pod, container: 'charm' });
      // It exits, it is ready as at first, and then it is not.
      await changes(6);
      expect(await readiness()).toEqual([true, false, true, false, true, false]);
    });
  },
);

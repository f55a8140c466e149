import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import {
  eventually,
  isAlive,
  podSpec,
  run,
  startTestCluster,
  type TestCluster,
} from '../../support/cluster/test-cluster.ts';

const obstacle = probeNamespaces();
const processes = z.array(z.object({ hostPid: z.number() }).transform(({ hostPid }) => hostPid));
const events = z.array(z.looseObject({ kind: z.string(), pod: z.string(), ready: z.boolean().optional() }));

describe.skipIf(obstacle !== undefined)(
  `cut networks and lost nodes (${obstacle ?? 'in namespaces'})`,
  () => {
    let cluster: TestCluster;
    const script = "require('net').createServer((c) => c.end(require('os').hostname() + '\\n')).listen(8080)";

    /** A pod that says its name on port 8080, and has a volume. */
    const makePod = async (name: string) => {
      const mounts = [{ source: join(cluster.stateDir, 'volumes', name), target: '/data' }];
      const containers = [{ name: 'workload', image: 'juju-sim/node', mounts }];
      await cluster.call({ method: 'createPod', spec: podSpec(cluster, name, { containers }) });
      const place = { pod: name, container: 'workload', environment: {}, workingDirectory: '/' };
      await cluster.call({
        method: 'exec',
        id: name,
        command: { ...place, argv: [process.execPath, '-e', script] },
      });
      await eventually(async () => (await talk(name)) === `{"received":"${name}\\n"}`);
    };
    const address = async (pod: string) => {
      const found = await cluster.call({ method: 'addresses', pod, application: 'none' });
      return z.object({ pod: z.string() }).parse(found).pod;
    };
    /** What the pod's port says to the simulator's side. */
    const talk = async (pod: string) =>
      JSON.stringify(
        await cluster.call({ method: 'talk', host: await address(pod), port: 8080, timeoutMs: 700 }),
      );
    /** What another pod's port says to a pod. */
    const talkFrom = async (pod: string, to: string) => {
      const ask = `require('net').connect(8080, '${to}').on('data', (text) => console.log(String(text).trim()))
      .on('error', (error) => console.log(error.code)).setTimeout(700, () => { console.log('silence'); process.exit(); })`;
      return (await run(cluster, { pod }, [process.execPath, '-e', ask])).stdout.trim();
    };
    const readiness = async (pod: string) =>
      events
        .parse(await cluster.call({ method: 'events' }))
        .filter((event) => event.kind === 'readiness' && event.pod === pod)
        .map(({ ready }) => ready);

    beforeAll(async () => {
      // The control plane waits 2 s for a silent node.
      cluster = await startTestCluster({ speed: 20 });
      await Promise.all(['app-0', 'app-1', 'app-2'].map(makePod));
    });
    afterAll(() => cluster[Symbol.asyncDispose]());

    it('nothing goes to a pod that is cut off and nothing comes from it, and nobody gets an error; others talk on', async () => {
      const [zero, one] = [await address('app-0'), await address('app-1')];
      expect(await talkFrom('app-0', one)).toBe('app-1');
      await cluster.call({ method: 'cutNetwork', pod: 'app-0' });
      expect(await talk('app-0')).toBe('{"error":"silence"}');
      expect(await talkFrom('app-1', zero)).toBe('silence');
      expect(await talkFrom('app-0', one)).toBe('silence');
      expect(await talkFrom('app-0', '127.0.0.1')).toBe('app-0');
      expect(await talkFrom('app-2', one)).toBe('app-1');
    });

    it('a pod that is cut off goes on, and is taken for not ready when its node has been silent for long', async () => {
      await eventually(async () => (await readiness('app-0')).at(-1) === false);
      const told = events
        .parse(await cluster.call({ method: 'events' }))
        .filter(({ pod }) => pod === 'app-0');
      expect(told.map(({ kind }) => kind)).not.toContain('container-exited');
    });

    it('a mended network is as it was', async () => {
      await cluster.call({ method: 'mendNetwork', pod: 'app-0' });
      expect(await talk('app-0')).toBe('{"received":"app-0\\n"}');
      expect(await talkFrom('app-0', await address('app-1'))).toBe('app-1');
      expect(await talkFrom('app-1', await address('app-0'))).toBe('app-0');
      expect(await readiness('app-0')).toEqual([true, false, true]);
    });

    it('a lost pod is dead and silent, and comes back with another address and its volume', async () => {
      await run(cluster, { pod: 'app-1', container: 'workload' }, ['sh', '-c', 'echo kept > /data/file']);
      const before = await address('app-1');
      const pids = processes.parse(
        await cluster.call({ method: 'processes', pod: 'app-1', container: 'workload' }),
      );
      await cluster.call({ method: 'losePod', pod: 'app-1' });
      expect(pids.length).toBeGreaterThan(1);
      expect(pids.some(isAlive)).toBe(false);
      expect(await address('app-1')).toBe(before);
      expect(await talkFrom('app-2', before)).toBe('silence');
      expect((await readiness('app-1')).at(-1)).toBe(true);
      await eventually(async () => (await readiness('app-1')).at(-1) === false);
      await expect(cluster.call({ method: 'mendNetwork', pod: 'app-1' })).rejects.toThrow(
        'lost with its node',
      );
      await cluster.call({ method: 'deletePod', pod: 'app-1', graceMs: 0 });
      await makePod('app-1');
      expect(await address('app-1')).not.toBe(before);
      expect(await talkFrom('app-2', await address('app-1'))).toBe('app-1');
      const kept = await run(cluster, { pod: 'app-1', container: 'workload' }, ['cat', '/data/file']);
      expect(kept.stdout).toBe('kept\n');
    });

    it('a deleted pod comes back with another address, to which its name leads', async () => {
      const before = await address('app-2');
      await cluster.call({ method: 'deletePod', pod: 'app-2', graceMs: 5000 });
      await makePod('app-2');
      expect(await address('app-2')).not.toBe(before);
      expect(await talkFrom('app-0', 'app-2.app-endpoints.m.svc.cluster.local')).toBe('app-2');
    });
  },
);

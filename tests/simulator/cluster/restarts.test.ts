import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import {
  commandEnd,
  eventually,
  isAlive,
  podSpec,
  run,
  startTestCluster,
  type TestCluster,
} from '../../support/cluster/test-cluster.ts';

const obstacle = probeNamespaces();
const processes = z.array(z.object({ hostPid: z.number(), pid: z.number(), command: z.array(z.string()) }));
const events = z.array(z.object({ kind: z.string(), pod: z.string(), container: z.string().optional() }));

describe.skipIf(obstacle !== undefined)(
  `restarts and ends of containers (${obstacle ?? 'in namespaces'})`,
  () => {
    let cluster: TestCluster;
    const workload = (pod: string) => ({ pod, container: 'workload' });

    const makePod = async (name: string) => {
      const mounts = [{ source: join(cluster.stateDir, 'volumes', name), target: '/data' }];
      const containers = [{ name: 'workload', image: 'juju-sim/node', mounts }];
      await cluster.call({ method: 'createPod', spec: podSpec(cluster, name, { containers }) });
    };
    const processesOf = async (pod: string) =>
      processes.parse(await cluster.call({ method: 'processes', ...workload(pod) }));
    const shows = async (place: { pod: string; container: string }, text: string) =>
      JSON.stringify(await cluster.call({ method: 'processes', ...place })).includes(text);
    const bootId = async (pod: string) =>
      JSON.stringify(await cluster.call({ method: 'pebble', ...workload(pod), path: '/v1/system-info' }));
    const eventsOf = async (pod: string) =>
      events
        .parse(await cluster.call({ method: 'events' }))
        .filter((event) => event.pod === pod)
        .map(({ kind, container }) => [kind, container].filter(Boolean).join(' '));
    const restarted = async (pod: string, container: string) => {
      const started = (await eventsOf(pod)).filter((event) => event === `container-started ${container}`);
      return started.length > 1;
    };

    beforeAll(async () => {
      cluster = await startTestCluster();
    });
    afterAll(() => cluster[Symbol.asyncDispose]());

    it('a killed workload comes back with a new boot id, a fresh file system and its volume', async () => {
      await makePod('one-0');
      await run(cluster, workload('one-0'), ['sh', '-c', 'echo kept > /data/file; echo lost > /tmp/file']);
      const before = await bootId('one-0');
      const [init] = await processesOf('one-0');
      await cluster.call({ method: 'killContainer', ...workload('one-0') });
      await eventually(() => restarted('one-0', 'workload'));
      expect(isAlive(init?.hostPid ?? 0)).toBe(false);
      expect(await bootId('one-0')).toContain('boot-id');
      expect(await bootId('one-0')).not.toBe(before);
      const files = await run(cluster, workload('one-0'), ['sh', '-c', 'cat /data/file; cat /tmp/file']);
      expect(files).toMatchObject({ code: 1, stdout: 'kept\n' });
      const told = await eventsOf('one-0');
      expect(told.slice(told.indexOf('container-exited workload') - 1)).toEqual(
        expect.arrayContaining(['readiness', 'container-exited workload', 'container-started workload']),
      );
    });

    it('killing the charm container ends its commands and keeps the charm’s folder', async () => {
      await makePod('two-0');
      const path = '/var/lib/juju/agents/unit-two-0/charm/kept';
      await run(cluster, { pod: 'two-0' }, ['sh', '-c', `echo kept > ${path}; echo lost > /tmp/file`]);
      const place = { pod: 'two-0', container: 'charm' };
      const command = {
        ...place,
        argv: ['sleep', '60'],
        environment: { PATH: '/bin' },
        workingDirectory: '/',
      };
      await cluster.call({ method: 'exec', id: 'sleeper', command });
      await eventually(() => shows(place, 'sleep'));
      await cluster.call({ method: 'killContainer', ...place });
      expect(await cluster.call({ method: 'end', id: 'sleeper' })).toMatchObject({ signal: 'SIGKILL' });
      await eventually(() => restarted('two-0', 'charm'));
      const files = await run(cluster, { pod: 'two-0' }, ['sh', '-c', `cat ${path}; cat /tmp/file`]);
      expect(files).toMatchObject({ code: 1, stdout: 'kept\n' });
    });

    it('a signal by the simulator’s number reaches the process that the host sees under its own', async () => {
      await makePod('three-0');
      const command = {
        ...workload('three-0'),
        argv: ['sleep', '61'],
        environment: { PATH: '/bin' },
        workingDirectory: '/',
      };
      await cluster.call({ method: 'exec', id: 'three', command });
      let sleeper: z.infer<typeof processes>[number] | undefined;
      await eventually(async () => {
        sleeper = (await processesOf('three-0')).find((process) => process.command[1] === '61');
        return sleeper !== undefined;
      });
      expect(readFileSync(`/proc/${sleeper?.hostPid ?? 0}/cmdline`, 'utf8')).toBe('sleep\x0061\0');
      await cluster.call({ method: 'signal', pid: sleeper?.pid ?? 0, signal: 'SIGTERM' });
      const end = commandEnd.parse(await cluster.call({ method: 'end', id: 'three' }));
      expect(end.signal).toBe('SIGTERM');
    });

    it('a deleted pod’s containers get SIGTERM together, and a hook that runs gets it too', async () => {
      await makePod('four-0');
      const [init] = await processesOf('four-0');
      const place = { pod: 'four-0', container: 'charm' };
      const argv = ['sh', '-c', 'trap "echo told; exit 0" TERM; sleep 62 & wait'];
      const command = { ...place, argv, environment: { PATH: '/bin' }, workingDirectory: '/' };
      await cluster.call({ method: 'exec', id: 'hook', command });
      await eventually(() => shows(place, '"sleep","62"'));
      const began = Date.now();
      await cluster.call({ method: 'deletePod', pod: 'four-0', graceMs: 15_000 });
      expect(Date.now() - began).toBeLessThan(10_000);
      expect(isAlive(init?.hostPid ?? 0)).toBe(false);
      expect(await cluster.call({ method: 'addresses', pod: 'four-0', application: 'four' })).toEqual({});
      await makePod('four-0');
      const kept = await run(cluster, workload('four-0'), ['ls', '/data']);
      expect(kept.code).toBe(0);
    });

    it('what outlives the grace period is killed', async () => {
      await makePod('five-0');
      const command = {
        ...{ pod: 'five-0', container: 'charm', workingDirectory: '/', environment: { PATH: '/bin' } },
        argv: ['sh', '-c', 'trap "" TERM; sleep 63'],
      };
      await cluster.call({ method: 'exec', id: 'stubborn', command });
      // The trap is set when the sleep runs.
      await eventually(() => shows({ pod: 'five-0', container: 'charm' }, '"sleep","63"'));
      const began = Date.now();
      await cluster.call({ method: 'deletePod', pod: 'five-0', graceMs: 700 });
      expect(Date.now() - began).toBeGreaterThanOrEqual(700);
      expect(await cluster.call({ method: 'end', id: 'stubborn' })).toMatchObject({ signal: 'SIGKILL' });
    });

    it('the charm container of a deleted pod takes commands until its agent has ended', async () => {
      await makePod('six-0');
      const deleted = cluster.call({ method: 'deletePod', pod: 'six-0', graceMs: 15_000, agentMs: 1500 });
      await eventually(async () => (await eventsOf('six-0')).includes('container-exited workload'));
      const stop = await run(cluster, { pod: 'six-0' }, ['echo', 'stop hook']);
      expect(stop).toMatchObject({ code: 0, stdout: 'stop hook\n' });
      await deleted;
      expect(await eventsOf('six-0')).toContain('container-exited charm');
    });

    it('a container whose Pebble is not alive for three probes is started anew', async () => {
      await makePod('seven-0');
      const check =
        'checks: {dead: {override: replace, level: alive, period: 50ms, threshold: 1, exec: {command: "false"}}}';
      const socket = 'PEBBLE_SOCKET=/charm/container/pebble.socket';
      const script = `echo '${check}' > /tmp/layer.yaml; ${socket} /charm/bin/pebble add dead /tmp/layer.yaml`;
      expect((await run(cluster, workload('seven-0'), ['sh', '-c', script])).code).toBe(0);
      await eventually(() => restarted('seven-0', 'workload'));
      expect(await eventsOf('seven-0')).toContain('container-exited workload');
    });
  },
);

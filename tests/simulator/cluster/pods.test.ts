import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import {
  commandEnd,
  podSpec,
  run,
  startTestCluster,
  type TestCluster,
} from '../../support/cluster/test-cluster.ts';

const obstacle = probeNamespaces();

describe.skipIf(obstacle !== undefined)(`pods (${obstacle ?? 'in namespaces'})`, () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startTestCluster();
    const data = { source: join(cluster.stateDir, 'volumes/data-0'), target: '/data' };
    await Promise.all([
      cluster.call({
        method: 'createPod',
        spec: podSpec(cluster, 'app-0', {
          containers: [
            { name: 'workload', image: 'juju-sim/node', mounts: [data] },
            { name: 'mimir', image: 'docker.io/grafana/mimir:3.0.5', mounts: [] },
            { name: 'nobody', image: 'juju-sim/node', uid: 65534, mounts: [data] },
          ],
          charmMounts: [{ ...data, target: '/var/lib/juju/storage/data/0' }],
        }),
      }),
      cluster.call({ method: 'createPod', spec: podSpec(cluster, 'app-1') }),
    ]);
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('a workload’s Pebble answers on its socket in the charm container', async () => {
    const list =
      "require('net').connect('/charm/containers/mimir/pebble.socket').end(" +
      "'GET /v1/system-info HTTP/1.0\\r\\n\\r\\n').pipe(process.stdout)";
    const { stdout } = await run(cluster, { pod: 'app-0' }, [process.execPath, '-e', list]);
    expect(stdout).toContain('"boot-id"');
    const answer = await cluster.call({
      method: 'pebble',
      pod: 'app-0',
      container: 'mimir',
      path: '/v1/services',
    });
    expect(answer).toMatchObject({ status: 200 });
  });

  it('health answers by TCP on the pod’s address, a port a container, by name', async () => {
    const { pod } = await addresses(cluster);
    for (const port of [38_812, 38_813, 38_814, 38_815]) {
      const health = await cluster.call({ method: 'get', host: pod, port, path: '/v1/health?level=alive' });
      expect(health).toMatchObject({ status: 200 });
    }
    const mimir = await cluster.call({ method: 'processes', pod: 'app-0', container: 'mimir' });
    expect(mimir).toMatchObject([{ command: expect.arrayContaining([':38813']) }]);
  });

  it('containers share the pod’s network but not their files, and other pods see neither', async () => {
    await run(cluster, { pod: 'app-0', container: 'workload' }, ['sh', '-c', 'echo mine > /tmp/mark']);
    const here = await run(cluster, { pod: 'app-0', container: 'workload' }, ['cat', '/tmp/mark']);
    expect(here.stdout).toBe('mine\n');
    for (const pod of ['app-0', 'app-1']) {
      const charm = await run(cluster, { pod }, ['cat', '/tmp/mark']);
      expect(charm.code).toBe(1);
    }
    const namespace = ['readlink', '/proc/self/ns/net'];
    const charm = await run(cluster, { pod: 'app-0' }, namespace);
    const workload = await run(cluster, { pod: 'app-0', container: 'workload' }, namespace);
    const other = await run(cluster, { pod: 'app-1' }, namespace);
    expect(charm.stdout).toBe(workload.stdout);
    expect(other.stdout).not.toBe(charm.stdout);
  });

  it('a container sees no process, folder or mount of the host beyond its image', async () => {
    const script = 'cd /; ls; cat /proc/[0-9]*/comm; cat /proc/self/mounts';
    const { stdout } = await run(cluster, { pod: 'app-0', container: 'workload' }, ['sh', '-c', script]);
    expect(stdout).toContain('pebble');
    expect(stdout).not.toContain('node\n');
    expect(stdout).not.toContain(cluster.stateDir);
    expect(stdout).not.toContain('host-proc');
  });

  it('the host’s programs are read-only, and the distroless image has no shell', async () => {
    const write = await run(cluster, { pod: 'app-0' }, ['touch', '/usr/bin/new']);
    expect(write).toMatchObject({ code: 1, stderr: expect.stringContaining('Read-only file system') });
    const shell = await run(cluster, { pod: 'app-0', container: 'mimir' }, ['/bin/sh', '-c', 'true']);
    expect(shell.code).not.toBe(0);
    const mimir = await run(cluster, { pod: 'app-0', container: 'mimir' }, ['/bin/mimir', '-version']);
    expect(mimir).toMatchObject({ code: 0, stdout: expect.stringContaining('Mimir') });
  });

  it('a container whose user is not root may write its volumes and what every user may, and nothing else', async () => {
    const at = { pod: 'app-0', container: 'nobody' };
    const write = async (path: string) => (await run(cluster, at, ['touch', path])).stderr;
    for (const path of ['/data/x', '/tmp/x', '/dev/shm/x', '/charm/container/x']) {
      expect(await write(path)).toBe('');
    }
    for (const path of ['/x', '/etc/x', '/var/lib/x', '/var/tmp/x', '/root/x', '/run/x', '/charm/x']) {
      expect(await write(path)).toContain('Read-only file system');
    }
    const script = 'echo lost > /dev/null; sed -n "s/^Name:.//p" /proc/self/status; cat /etc/resolv.conf';
    const { stdout, stderr } = await run(cluster, at, ['sh', '-c', script]);
    expect({ stdout, stderr }).toMatchObject({ stdout: expect.stringContaining('nameserver'), stderr: '' });
  });

  it('a container whose user is root may write all of its own files', async () => {
    const { code } = await run(cluster, { pod: 'app-0', container: 'workload' }, ['touch', '/etc/x', '/x']);
    expect(code).toBe(0);
  });

  it('a volume is one folder for the charm, the workload and the host', async () => {
    writeFileSync(join(cluster.stateDir, 'volumes/data-0/from-host'), 'host\n');
    const script = 'cat /data/from-host; echo workload > /data/from-workload';
    const workload = await run(cluster, { pod: 'app-0', container: 'workload' }, ['sh', '-c', script]);
    expect(workload.stdout).toBe('host\n');
    const path = '/var/lib/juju/storage/data/0/from-workload';
    expect((await run(cluster, { pod: 'app-0' }, ['cat', path])).stdout).toBe('workload\n');
    expect(await cluster.call({ method: 'read', pod: 'app-0', path })).toBe('workload\n');
  });

  it('each pod has its own copy of the charm', async () => {
    const dispatch = (unit: string) => `/var/lib/juju/agents/unit-${unit}/charm/dispatch`;
    await run(cluster, { pod: 'app-0' }, ['sh', '-c', `echo changed > ${dispatch('app-0')}`]);
    expect(await cluster.call({ method: 'read', pod: 'app-0', path: dispatch('app-0') })).toBe('changed\n');
    const other = await cluster.call({ method: 'read', pod: 'app-1', path: dispatch('app-1') });
    expect(other).toContain('#!/bin/sh');
  });

  it('a command has exactly the environment, folder, host name and output that it is given', async () => {
    const command = {
      ...{ pod: 'app-0', container: 'charm', workingDirectory: '/var/lib/juju/agents/unit-app-0' },
      argv: ['/bin/sh', '-c', 'cat /proc/$$/environ | tr "\\0" "\\n"; pwd; hostname; echo bad >&2; exit 7'],
      environment: { ONLY: 'this' },
    };
    const end = commandEnd.parse(await cluster.call({ method: 'exec', command }));
    expect(end).toEqual({
      ...{ code: 7, signal: null, stderr: 'bad\n' },
      stdout: 'ONLY=this\n/var/lib/juju/agents/unit-app-0\napp-0\n',
    });
  });

  it('killing the child of exec kills the command itself', async () => {
    const argv = ['/bin/sh', '-c', 'trap "echo caught; exit 5" TERM; echo on; sleep 60 & wait'];
    const command = { ...{ pod: 'app-0', container: 'charm', workingDirectory: '/' }, argv, environment: {} };
    for (const [id, signal, end] of [
      ['one', 'SIGTERM', { code: 5, stdout: 'on\ncaught\n' }],
      ['two', 'SIGKILL', { signal: 'SIGKILL', stdout: 'on\n' }],
    ] as const) {
      await cluster.call({ method: 'exec', id, command });
      await until(cluster, 'trap');
      expect(await cluster.call({ method: 'kill', id, signal })).toBe(true);
      expect(await cluster.call({ method: 'processes', pod: 'app-0', container: 'charm' })).toBeDefined();
      await run(cluster, { pod: 'app-0' }, ['sh', '-c', 'kill $(pidof sleep)']);
      expect(await cluster.call({ method: 'end', id })).toMatchObject(end);
    }
  });

  it('names of pods and Services resolve in every container, also short ones; others do not exist', async () => {
    await cluster.call({ method: 'applyService', spec: { application: 'app', ports: [80] } });
    const { pod, service } = await addresses(cluster);
    const script = `
      const { lookup } = require('dns/promises');
      const names = process.argv.slice(1);
      Promise.all(names.map((name) => lookup(name, { all: true, family: 4 })
        .then((found) => found.map(({ address }) => address).sort(), (error) => error.code)))
        .then((found) => console.log(JSON.stringify(found)));`;
    const names = {
      'app-0.app-endpoints.m.svc.cluster.local': [pod],
      'app-0.app-endpoints': [pod],
      'app-0': [pod],
      'app.m.svc.cluster.local': [service],
      app: [service],
      'app-endpoints.m.svc.cluster.local': [
        pod,
        pod.replace(/\d+$/, (last) => String(Number(last) === 2 ? 3 : 2)),
      ],
      'app-7.app-endpoints.m.svc.cluster.local': 'ENOTFOUND',
    };
    const argv = [process.execPath, '-e', script, ...Object.keys(names)];
    for (const container of ['workload', 'charm']) {
      const { stdout } = await run(cluster, { pod: 'app-0', container }, argv);
      const found: unknown = JSON.parse(stdout);
      expect(found).toEqual(
        Object.values(names).map((value) => (Array.isArray(value) ? value.toSorted() : value)),
      );
    }
  });

  it('refuses a second pod of a name and an unknown image, and leaves nothing of them', async () => {
    const twice = cluster.call({ method: 'createPod', spec: podSpec(cluster, 'app-0') });
    await expect(twice).rejects.toThrow('there is one of that name already');
    const containers = [{ name: 'x', image: 'redis:7', mounts: [] }];
    const unknown = () =>
      cluster.call({ method: 'createPod', spec: podSpec(cluster, 'bad-0', { containers }) });
    await expect(unknown()).rejects.toThrow(
      'cannot start pod bad-0: cannot pull image "redis:7": the simulator knows no image but grafana/mimir, juju-sim/node',
    );
    await expect(unknown()).rejects.toThrow('cannot pull image');
  });

  it('says why a container cannot start', async () => {
    const charmMounts = [{ source: '/proc/version', target: '/proc/nowhere' }];
    mkdirSync(join(cluster.stateDir, 'volumes'), { recursive: true });
    const spec = podSpec(cluster, 'bad-1', { charmMounts });
    await expect(cluster.call({ method: 'createPod', spec })).rejects.toThrow(
      /cannot start pod bad-1: .*\/proc/,
    );
  });
});

async function addresses(cluster: TestCluster): Promise<{ pod: string; service: string }> {
  const found = await cluster.call({ method: 'addresses', pod: 'app-0', application: 'app' });
  const read = (key: string) =>
    typeof found === 'object' && found !== null
      ? String(Object.entries(found).find(([name]) => name === key)?.[1])
      : '';
  return { pod: read('pod'), service: read('service') };
}

/** Waits until the charm container has a process with `text` in its command line and one that sleeps. */
async function until(cluster: TestCluster, text: string): Promise<void> {
  for (;;) {
    const shown = JSON.stringify(
      await cluster.call({ method: 'processes', pod: 'app-0', container: 'charm' }),
    );
    if (shown.includes(text) && shown.includes('"sleep"')) return;
  }
}

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import { podSpec, run, startTestCluster, type TestCluster } from '../../support/cluster/test-cluster.ts';

const obstacle = probeNamespaces();

describe.skipIf(obstacle !== undefined)(`volumes of a limited size (${obstacle ?? 'in namespaces'})`, () => {
  let cluster: TestCluster;
  const at = { pod: 'app-0', container: 'workload' };
  const shell = (script: string) => run(cluster, at, ['sh', '-c', script]);
  const makePod = () => {
    const data = { source: join(cluster.stateDir, 'storage/data-0'), target: '/data', sizeMiB: 8 };
    const containers = [{ name: 'workload', image: 'juju-sim/node', mounts: [data] }];
    const charmMounts = [{ ...data, target: '/var/lib/juju/storage/data/0' }];
    const spec = podSpec(cluster, 'app-0', { containers, charmMounts });
    return cluster.call({ method: 'createPod', spec });
  };

  beforeAll(async () => {
    cluster = await startTestCluster();
    await makePod();
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('is full when that much is written, for the charm as well, and takes more when something was removed', async () => {
    expect(await shell('head -c 9M /dev/zero > /data/filling')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No space left on device'),
    });
    const charm = await run(cluster, { pod: 'app-0' }, [
      'cp',
      '/bin/sh',
      '/var/lib/juju/storage/data/0/more',
    ]);
    expect(charm.stderr).toContain('No space left on device');
    expect(await shell('rm /data/filling && head -c 5M /dev/zero > /data/kept')).toMatchObject({ code: 0 });
  });

  it('outlives the pod with what is in it, and stays as large', async () => {
    await cluster.call({ method: 'deletePod', pod: 'app-0', graceMs: 5000 });
    await makePod();
    expect((await shell('stat -c %s /data/kept')).stdout).toBe('5242880\n');
    expect((await shell('head -c 4M /dev/zero > /data/filling')).stderr).toContain('No space left on device');
  });
});

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { launchSimulator } from '../../../src/simulator/launch/launch.ts';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import { pebbleBinary } from '../../support/binaries.ts';
import {
  eventually,
  isAlive,
  podSpec,
  startTestCluster,
  type TestCluster,
} from '../../support/cluster/test-cluster.ts';

const obstacle = probeNamespaces();
const nobody = 65_534;
const ordinaryUser = join(import.meta.dirname, '../../support/cluster/ordinary-user.ts');
const isRoot = process.getuid?.() === 0;
const asNobody = ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'];
/** Nobody must be able to read this repository and its Node.js; one below /root is out of reach. */
const canBeNobody =
  isRoot && spawnSync('setpriv', [...asNobody, process.execPath, '--check', ordinaryUser]).status === 0;

const hostPids = z.array(z.object({ hostPid: z.number() }).transform(({ hostPid }) => hostPid));

async function podPids(cluster: TestCluster): Promise<readonly number[]> {
  const of = async (container: string) =>
    hostPids.parse(await cluster.call({ method: 'processes', pod: 'app-0', container }));
  return [...(await of('charm')), ...(await of('workload'))];
}

describe.skipIf(obstacle !== undefined)(`launching (${obstacle ?? 'in namespaces'})`, () => {
  it('everything is gone after the outer process was killed with SIGKILL', async () => {
    await using cluster = await startTestCluster();
    await cluster.call({ method: 'createPod', spec: podSpec(cluster, 'app-0') });
    const pids = await podPids(cluster);
    expect(pids.every(isAlive)).toBe(true);
    process.kill(cluster.pid, 'SIGKILL');
    await eventually(() => !pids.some(isAlive));
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(cluster.stateDir);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain('host-proc');
  });

  it('nothing of a closed cluster’s pods runs on', async () => {
    await using cluster = await startTestCluster();
    await cluster.call({ method: 'createPod', spec: podSpec(cluster, 'app-0') });
    const pids = await podPids(cluster);
    await cluster.call({ method: 'close' });
    expect(pids.some(isAlive)).toBe(false);
  });

  it('two simulators side by side have the same addresses and do not meet', async () => {
    await using one = await startTestCluster();
    await using two = await startTestCluster();
    const own = readlinkSync('/proc/self/ns/net');
    const links = [];
    for (const cluster of [one, two]) {
      await cluster.call({ method: 'createPod', spec: podSpec(cluster, 'app-0') });
      links.push(await cluster.call({ method: 'network' }));
      const health = await cluster.call({
        method: 'get',
        host: '10.1.0.2',
        port: 38_813,
        path: '/v1/health',
      });
      expect(health).toMatchObject({ status: 200 });
    }
    expect(JSON.stringify(links[0])).not.toContain(own);
    expect(links[0]).not.toEqual(links[1]);
    expect(readFileSync('/proc/self/net/dev', 'utf8')).not.toContain('br0');
  });

  it('refuses a second simulator in the same state folder, and leaves the first alone', async () => {
    await using cluster = await startTestCluster();
    const options = { stateDir: cluster.stateDir, entry: ordinaryUser, args: [], forwards: [] };
    await expect(launchSimulator(options)).rejects.toThrow('a simulator runs in');
    expect(await cluster.call({ method: 'events' })).toEqual([]);
  });

  it('says why the daemon did not start', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'js-'));
    const entry = join(stateDir, 'entry.ts');
    writeFileSync(entry, 'throw new Error("no such model");\n');
    const launched = launchSimulator({ stateDir, entry, args: [], forwards: [] });
    await expect(launched).rejects.toThrow(/cannot start the simulator: it ended at once.*no such model/s);
    rmSync(stateDir, { recursive: true });
  });

  it('says which port cannot be forwarded', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await eventually(() => server.listening);
    const address = server.address();
    const listen = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const started = startTestCluster({ forwards: [{ listen, host: 'app', port: 1 }] });
    await expect(started).rejects.toThrow(`cannot start the simulator: cannot forward 127.0.0.1:${listen}:`);
    server.close();
  });

  it.skipIf(!canBeNobody)('works for a user without privileges', { timeout: 60_000 }, () => {
    const home = mkdtempSync(join(tmpdir(), 'js-'));
    const pebble = join(home, 'pebble');
    copyFileSync(pebbleBinary(), pebble);
    chmodSync(pebble, 0o755);
    chownSync(home, nobody, nobody);
    const environment = {
      PATH: '/usr/bin:/bin',
      TMPDIR: home,
      HOME: home,
      PEBBLE_BIN: pebble,
      MIMIR_BIN: pebble,
    };
    const ended = spawnSync('setpriv', [...asNobody, process.execPath, ordinaryUser], {
      env: environment,
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ uid: nobody, health: { status: 200 } });
    rmSync(home, { recursive: true });
  });
});

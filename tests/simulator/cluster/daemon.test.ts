import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connect } from '../../../src/simulator/client.ts';
import { controlSocket, launchSimulator } from '../../../src/simulator/launch/launch.ts';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import { eventually, isAlive } from '../../support/cluster/test-cluster.ts';
import { root } from '../../support/simulation.ts';

const obstacle = probeNamespaces();

describe.skipIf(obstacle !== undefined)(`the daemon (${obstacle ?? 'in namespaces'})`, () => {
  let stateDir: string;
  let pid: number;

  beforeEach(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'daemon-'));
    for (const folder of ['storage/data-0', 'charms/a/0', 'pods/a-0', 'logs', 'mine']) {
      mkdirSync(join(stateDir, folder), { recursive: true });
      writeFileSync(join(stateDir, folder, 'left'), '');
    }
    const entry = join(root, 'src/simulator/controller/daemon.ts');
    ({ pid } = await launchSimulator({ stateDir, entry, args: [stateDir], forwards: [] }));
  });
  afterEach(async () => {
    if (isAlive(pid)) process.kill(pid, 'SIGTERM');
    await eventually(() => !isAlive(pid));
    rmSync(stateDir, { recursive: true, force: true });
  });

  it('begins with empty volumes, and answers to down when all pods have ended', async () => {
    for (const folder of ['storage', 'charms', 'pods', 'logs']) {
      expect(existsSync(join(stateDir, folder, 'left'))).toBe(false);
      expect(existsSync(join(stateDir, folder, 'a-0'))).toBe(false);
    }
    expect(existsSync(join(stateDir, 'storage/data-0'))).toBe(false);
    expect(existsSync(join(stateDir, 'mine/left'))).toBe(true);
    const client = connect(stateDir);
    await client.request({ command: 'deploy', charm: 'remote-write-sender', application: 'sender' });
    await client.request({ command: 'wait-idle' });
    expect(readdirSync(join(stateDir, 'pods'))).toEqual(['sender-0']);
    await client.request({ command: 'down' });
    expect(readdirSync(join(stateDir, 'pods'))).toEqual([]);
    expect(existsSync(controlSocket(stateDir))).toBe(false);
    await eventually(() => !isAlive(pid));
  });

  it('brings a unit whose node is lost back with another address, and cuts the network of one that there is', async () => {
    const client = connect(stateDir);
    await client.request({ command: 'deploy', charm: 'remote-write-sender', application: 'sender' });
    await client.request({ command: 'wait-idle' });
    const address = async () => {
      const shown = await client.request({ command: 'show-unit', unit: 'sender/0' });
      return z.object({ 'sender/0': z.object({ address: z.string() }) }).parse(shown)['sender/0'].address;
    };
    const before = await address();
    expect(before).toMatch(/^10\.1\./);
    await client.request({ command: 'cut-network', unit: 'sender/0' });
    await client.request({ command: 'mend-network', unit: 'sender/0' });
    await expect(client.request({ command: 'cut-network', unit: 'sender/9' })).rejects.toThrow(
      'unit "sender/9" not found',
    );
    await client.request({ command: 'kill', unit: 'sender/0', target: { kind: 'node', awayMs: 0 } });
    await client.request({ command: 'wait-idle' });
    expect(await address()).toMatch(/^10\.1\./);
    expect(await address()).not.toBe(before);
    await client.request({ command: 'down' });
  });

  it('shows a unit whose containers do not run, with no processes', async () => {
    const client = connect(stateDir);
    await client.request({ command: 'deploy', charm: 'remote-write-sender', application: 'sender' });
    const shown = await client.request({ command: 'show-unit', unit: 'sender/0' });
    expect(shown).toMatchObject({ 'sender/0': { processes: { sender: [] } } });
    await client.request({ command: 'wait-idle' });
    const later = await client.request({ command: 'show-unit', unit: 'sender/0' });
    expect(JSON.stringify(later)).toContain('pebble');
    await client.request({ command: 'down' });
  });
});

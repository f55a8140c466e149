import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { controlSocket, launchSimulator, type Forward } from '../../../src/simulator/launch/launch.ts';
import { mimirBinary, pebbleBinary } from '../binaries.ts';
import { clusterAnswer, type ClusterCall } from './cluster-call.ts';

/** A cluster in namespaces of its own, with a way to call it. */
export interface TestCluster {
  readonly stateDir: string;
  /** The outer process on the host. */
  readonly pid: number;
  readonly forwards: readonly Forward[];
  call(call: ClusterCall): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

type PodSpec = Extract<ClusterCall, { method: 'createPod' }>['spec'];

const entry = join(import.meta.dirname, 'cluster-entry.ts');

/** Launches a cluster; `speed` divides the kubelet's periods. */
export async function startTestCluster(
  options: { speed?: number; forwards?: readonly Forward[]; parent?: string } = {},
): Promise<TestCluster> {
  const { speed = 20, forwards = [], parent = tmpdir() } = options;
  const stateDir = mkdtempSync(join(parent, 'js-'));
  const args = [stateDir, pebbleBinary(), mimirBinary(), String(speed)];
  const launched = await launchSimulator({ stateDir, entry, args, forwards }).catch((error: unknown) => {
    rmSync(stateDir, { recursive: true });
    throw error;
  });
  const connection = connect(controlSocket(stateDir));
  await once(connection, 'connect');
  connection.on('error', () => connection.destroy());
  const waiting = new Map<number, (answer: z.infer<typeof clusterAnswer>) => void>();
  createInterface({ input: connection }).on('line', (line) => {
    const answer = clusterAnswer.parse(JSON.parse(line));
    waiting.get(answer.id)?.(answer);
  });
  let calls = 0;
  return {
    ...launched,
    stateDir,
    call: async (call) => {
      const id = calls++;
      const answered = new Promise<z.infer<typeof clusterAnswer>>((resolve) => waiting.set(id, resolve));
      connection.write(`${JSON.stringify({ id, call })}\n`);
      const { value, error } = await answered;
      if (error !== undefined) throw new Error(error);
      return value;
    },
    [Symbol.asyncDispose]: async () => {
      connection.destroy();
      if (isAlive(launched.pid)) process.kill(launched.pid, 'SIGTERM');
      await eventually(() => !isAlive(launched.pid));
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** A pod of application `app` with one stand-in workload, whose charm is a folder with a `dispatch`. */
export function podSpec(cluster: TestCluster, name: string, changes: Partial<PodSpec> = {}): PodSpec {
  const charm = join(cluster.stateDir, 'charm');
  mkdirSync(charm, { recursive: true });
  writeFileSync(join(charm, 'dispatch'), '#!/bin/sh\nenv\n', { mode: 0o755 });
  return {
    name,
    application: name.replace(/-\d+$/, ''),
    unit: name.replace(/-(\d+)$/, '/$1'),
    charm,
    containers: [{ name: 'workload', image: 'juju-sim/node', mounts: [] }],
    charmMounts: [],
    ...changes,
  };
}

/** Runs a command to its end in a container. */
export async function run(
  cluster: TestCluster,
  at: { pod: string; container?: string },
  argv: readonly string[],
) {
  const command = {
    pod: at.pod,
    container: at.container ?? 'charm',
    argv: [...argv],
    environment: { PATH: '/usr/bin:/bin' },
    workingDirectory: '/',
  };
  return commandEnd.parse(await cluster.call({ method: 'exec', command }));
}

/** How a command ended. */
export const commandEnd = z.object({
  code: z.number().nullable(),
  signal: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
});

/** Waits until a condition holds; fails after 20 s. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`cannot wait any longer for ${condition.toString()}`);
    await delay(50);
  }
}

/** Whether a process of the host exists and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildObstacle } from '../../scripts/binaries.ts';
import type { SimulatorClient } from '../../src/simulator/client.ts';
import { runInContainer } from './workload.ts';

/** Where the program that makes the load runs: a pod of the cluster, so that its packets go no other way than a sender's. */
export const loadUnit = 'load/0';
const container = 'workload';
const program = 'load';

/** Builds that program into a folder. */
export function buildLoad(folder: string): void {
  const obstacle = buildObstacle();
  if (obstacle !== undefined) throw new Error(`cannot build the load: ${obstacle}`);
  mkdirSync(folder, { recursive: true });
  execFileSync('go', ['build', '-ldflags', '-s -w', '-o', join(folder, program), './load'], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    stdio: ['ignore', 2, 2],
  });
}

/** Runs the program to its end and returns what it found. Throws if it fails. */
export async function runLoad(client: SimulatorClient, args: readonly string[]): Promise<unknown> {
  const argv = [`/data/${program}`, ...args];
  return JSON.parse(await runInContainer(client, { unit: loadUnit, container, argv }));
}

/** Has the program that runs come to its end. */
export async function endLoad(client: SimulatorClient): Promise<void> {
  const target = { kind: 'process', container, name: program, signal: 'SIGTERM' } as const;
  await client.request({ command: 'kill', unit: loadUnit, target });
}

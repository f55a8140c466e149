import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { buildObstacle } from '../scripts/binaries.ts';
import { toolNames } from '../src/simulator/agent/tools/run-tool.ts';
import type { SimulatorClient } from '../src/simulator/client.ts';

/** Folder in a charm's folder with the programs that measuring needs in the charm container. */
const programs = 'benchmark';

/** A process to be measured, in the charm's folder and in a hook context of its own. */
export interface MeasuredProcess {
  readonly unit: string;
  /** Variables beside those that `juju exec` gives. */
  readonly environment: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

const end = z.object({ exitCode: z.int() });
const cost = end.extend({ wallNs: z.number(), cpuNs: z.number(), peakBytes: z.number() });
const tally = end.extend({ processes: z.int() });

/** Hook-tool calls as the agent recorded them; `run-commands` is Juju's name for what exec runs. */
const records = z.array(z.object({ operation: z.string() }));

/** What a process cost, with the processes that it started. */
export type Cost = z.infer<typeof cost>;

/** What a process started and asked. */
export interface Activity {
  /** Processes, itself included. */
  readonly processes: number;
  readonly hookToolCalls: number;
}

/**
 * Builds the measuring program into a charm's folder, and hook tools like Juju's, for processes that spawn them: the
 * simulator's own start Node.js each time.
 */
export function installPrograms(charm: string): void {
  const obstacle = buildObstacle();
  if (obstacle !== undefined) throw new Error(`cannot build the measuring program: ${obstacle}`);
  const folder = join(charm, programs);
  mkdirSync(join(folder, 'tools'), { recursive: true });
  execFileSync('go', ['build', '-ldflags', '-s -w', '-o', folder, './measure', './hook-tool'], {
    cwd: import.meta.dirname,
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    stdio: ['ignore', 2, 2],
  });
  for (const name of toolNames) symlinkSync('../hook-tool', join(folder, 'tools', name));
}

/** Runs a process to its end when the model is idle. Throws if it fails. */
export async function measure(client: SimulatorClient, measured: MeasuredProcess): Promise<Cost> {
  return cost.parse(await run(client, measured, []));
}

/** Counts what a process does, in a run that is slowed down by that. Throws if it fails. */
export async function countActivity(client: SimulatorClient, measured: MeasuredProcess): Promise<Activity> {
  const { unit } = measured;
  await client.request({ command: 'record', unit, on: true });
  const { processes } = tally.parse(await run(client, measured, ['-count']));
  const calls = records.parse(await client.request({ command: 'recorded', unit }));
  await client.request({ command: 'record', unit, on: false });
  // A hook of the unit's own may have come in between.
  const own = calls.filter(({ operation }) => operation === 'run-commands');
  return { processes, hookToolCalls: own.length };
}

/** Runs what follows, variables first, with our hook tools in the place of the simulator's. */
const withTools = ['/bin/sh', '-c', `PATH="$PWD/${programs}/tools:$PATH" exec /usr/bin/env "$@"`, 'sh'];

async function run(
  client: SimulatorClient,
  { unit, environment, argv }: MeasuredProcess,
  flags: readonly string[],
): Promise<unknown> {
  const output = { stdout: '', stderr: '' };
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const command = [...withTools, ...variables, `./${programs}/measure`, ...flags, ...argv];
  await client.request({ command: 'wait-idle' });
  await client.request({ command: 'exec', unit, argv: command }, (line) => {
    if (line.kind === 'output') output[line.stream] += line.text;
  });
  const why = failureOf(output.stdout);
  if (why !== undefined) {
    throw new Error(`cannot measure ${argv.join(' ')} in ${unit}: ${why}\n${output.stderr}`.trim());
  }
  return JSON.parse(output.stdout);
}

/** Why what the measuring program printed is no measurement. */
function failureOf(printed: string): string | undefined {
  if (printed === '') return 'the measuring program said nothing';
  const { exitCode } = end.parse(JSON.parse(printed));
  return exitCode === 0 ? undefined : `it exited with ${exitCode}`;
}

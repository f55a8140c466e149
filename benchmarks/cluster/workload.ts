import type { SimulatorClient } from '../../src/simulator/client.ts';
import { z } from 'zod';

/** A command to be run in a unit's container. */
export interface WorkloadCommand {
  readonly unit: string;
  readonly container: string;
  readonly argv: readonly string[];
}

const end = z.object({ code: z.int() });

/** Runs a command in a container, as `kubectl exec` does, and returns what it printed. Throws if it fails. */
export async function runInContainer(client: SimulatorClient, command: WorkloadCommand): Promise<string> {
  const { unit, container, argv } = command;
  const output = { stdout: '', stderr: '' };
  const result = await client.request({ command: 'exec', unit, container, argv: [...argv] }, (line) => {
    if (line.kind === 'output') output[line.stream] = `${output[line.stream]}${line.text}`;
  });
  const { code } = end.parse(result);
  if (code === 0) return output.stdout;
  throw new Error(`cannot run ${argv.join(' ')} in ${unit}: it ended with ${code}: ${output.stderr.trim()}`);
}

/** Runs a command that is not to end: this is rejected, with the last that it said, when it does. */
export async function keepRunning(client: SimulatorClient, command: WorkloadCommand): Promise<never> {
  const { unit, container, argv } = command;
  let last = '';
  await client.request({ command: 'exec', unit, container, argv: [...argv] }, (line) => {
    if (line.kind === 'output') last = `${last}${line.text}`.slice(-2000);
  });
  throw new Error(`cannot go on: ${argv[0] ?? ''} of ${unit} ended, its log with:\n${last}`);
}

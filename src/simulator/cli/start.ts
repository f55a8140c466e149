import { join } from 'node:path';
import { provideBinary, type ProgramName } from '../../../scripts/binaries.ts';
import { SimulatorUnreachableError, type SimulatorClient } from '../client.ts';
import { launchSimulator, type Forward } from '../launch/launch.ts';
import { probeNamespaces } from '../launch/probe.ts';
import { CommandError } from './command.ts';
import { makeStateFolder } from './state-folder.ts';

/** What a start needs. */
export interface StartOptions {
  readonly client: SimulatorClient;
  readonly stateFolder: string;
  readonly forwards: readonly Forward[];
  /** Gets lines about what takes long. */
  readonly report: (line: string) => void;
}

const daemon = join(import.meta.dirname, '../controller/daemon.ts');

/**
 * Starts the simulator unless it runs, and resolves when it answers. The programs that it runs are built first:
 * in its namespaces there is no way out to where their sources are.
 */
export async function startSimulator({ client, stateFolder, forwards, report }: StartOptions): Promise<void> {
  if (await answers(client)) {
    if (forwards.length > 0) throw new CommandError('cannot forward ports: the simulator runs already');
    return;
  }
  const obstacle = probeNamespaces();
  if (obstacle !== undefined) throw new CommandError(`cannot run the simulator: ${obstacle}`);
  makeStateFolder(stateFolder, process.getuid?.() ?? 0);
  try {
    for (const name of ['pebble', 'mimir'] as const) await provideBinary(name, report);
    const options = { stateDir: stateFolder, entry: daemon, args: [stateFolder], forwards };
    const launched = await launchSimulator(options);
    for (const { listen, host, port } of launched.forwards)
      report(`127.0.0.1:${listen} leads to ${host}:${port}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`${why}\nIts log is ${join(stateFolder, 'simulator.log')}`, { cause });
  }
}

/** Builds programs that are not there. */
export async function buildPrograms(
  programs: readonly ProgramName[],
  report: (line: string) => void,
): Promise<void> {
  try {
    for (const name of programs) await provideBinary(name, report);
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function answers(client: SimulatorClient): Promise<boolean> {
  try {
    await client.request({ command: 'status' });
    return true;
  } catch (error) {
    if (error instanceof SimulatorUnreachableError) return false;
    throw error;
  }
}

import type { ProgramName } from '../../../scripts/binaries.ts';
import type { SimulatorClient } from '../client.ts';
import type { Forward } from '../launch/launch.ts';

/** What a command may use of the world. */
export interface CommandContext {
  readonly client: SimulatorClient;
  /** Folder that relative paths start from. */
  readonly workingFolder: string;
  /** Folder of the simulator's state. */
  readonly stateFolder: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Aborted when the user presses Ctrl-C: what follows or repeats then ends. */
  readonly interrupted: AbortSignal;
  /** Starts the simulator, and resolves when it answers; does nothing if it runs already. */
  readonly start: (forwards?: readonly Forward[]) => Promise<void>;
  /** Builds programs that a charm needs beside those that the simulator always runs, unless they are there. */
  readonly build: (programs: readonly ProgramName[]) => Promise<void>;
}

/** One command of `juju-sim`. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What comes after `juju-sim`, as `juju help` writes it. */
  readonly usage: string;
  /** One sentence. */
  readonly summary: string;
  /** More lines of help, if the usage needs them. */
  readonly details?: string;
  /** Whether the arguments end in another command line, whose options are its own. */
  readonly holdsCommand?: boolean;
  /** Carries the command out and returns the exit code. */
  readonly run: (args: readonly string[], context: CommandContext) => Promise<number>;
}

/** The command line was not understood; Juju exits with 2 then. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something is not as it must be to carry the command out; Juju exits with 1 then. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

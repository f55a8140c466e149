import {
  connect,
  type ControlCall,
  type ControlLine,
  type SimulatorClient,
} from '../../../../src/simulator/client.ts';
import type { CommandContext } from '../../../../src/simulator/cli/command.ts';
import { main } from '../../../../src/simulator/cli/main.ts';

/** What a command line did. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Requests that the daemon got, in order, and between them starts of the simulator and builds of programs. */
  readonly calls: readonly (ControlCall | 'start' | `build ${string}`)[];
}

/** How a daemon in the stead of the real one answers. */
export interface DaemonScript {
  readonly answer?: (call: ControlCall) => unknown;
  readonly lines?: readonly ControlLine[];
  readonly workingFolder?: string;
  readonly stateFolder?: string;
  readonly interrupted?: AbortSignal;
}

/** Runs a command line of `juju-sim` against a scripted daemon. */
export async function runCli(argv: readonly string[], script: DaemonScript = {}): Promise<CliRun> {
  const calls: (ControlCall | 'start' | `build ${string}`)[] = [];
  const written = { stdout: '', stderr: '' };
  const client: SimulatorClient = {
    ...connect('/nonexistent'),
    request: (call, onLine) => {
      calls.push(call);
      for (const line of script.lines ?? []) onLine?.(line);
      return Promise.resolve().then(() => script.answer?.(call));
    },
  };
  const context: CommandContext = {
    client,
    workingFolder: script.workingFolder ?? '/',
    stateFolder: script.stateFolder ?? '/nonexistent',
    stdout: (text) => (written.stdout += text),
    stderr: (text) => (written.stderr += text),
    interrupted: script.interrupted ?? new AbortController().signal,
    start: () => {
      calls.push('start');
      return Promise.resolve();
    },
    build: (programs) => {
      calls.push(...programs.map((name) => `build ${name}` as const));
      return Promise.resolve();
    },
  };
  const code = await main(argv, context);
  return { code, ...written, calls };
}

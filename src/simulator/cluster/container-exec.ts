import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { toolPath } from '../launch/tool.ts';
import type { ContainerCommand } from './cluster.ts';
import { childrenOf, signalProcess } from './processes.ts';

/**
 * Starts a command in the container whose PID 1 is `init`, as `nsenter`'s child. The returned process is `nsenter`,
 * which ends as the command does (exit code or signal); its `kill` signals the command itself.
 */
export function execInContainer(init: number, command: ContainerCommand): ChildProcess {
  const { pod, container, argv, environment, workingDirectory } = command;
  const root = `/proc/${init}/root`;
  if (!existsSync(`${root}${workingDirectory}`)) {
    throw new Error(
      `cannot run ${argv[0] ?? 'a command'} in ${pod}/${container}: no folder ${workingDirectory} there`,
    );
  }
  const namespaces = ['--mount', '--uts', '--net', '--pid'];
  const child = spawn(
    toolPath('nsenter'),
    [
      ...['--target', String(init), ...namespaces],
      ...[`--root=${root}`, `--wd=${root}${workingDirectory}`, '--', ...argv],
    ],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.kill = (signal = 'SIGTERM') => signalCommand(child, signal);
  return child;
}

function signalCommand(child: ChildProcess, signal: NodeJS.Signals | number): boolean {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
  // Before nsenter has forked there is no other process to signal.
  const target = childrenOf(child.pid)[0] ?? child.pid;
  return signalProcess(target, signal);
}

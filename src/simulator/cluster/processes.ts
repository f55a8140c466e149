import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerProcess } from './cluster.ts';

/** Children of a process, by the numbers of this process's PID namespace. */
export function childrenOf(pid: number): readonly number[] {
  return (unlessGone(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')) ?? '')
    .split(' ')
    .filter(Boolean)
    .map(Number);
}

/**
 * Processes of the container whose PID 1 is `init`, that one first. `hostProc` is the host's view of `/proc`: it gives
 * the host's numbers, and the simulator's as the second of `NSpid` (Linux: proc(5), from the reader's namespace inwards).
 */
export function containerProcesses(init: number, hostProc: string): readonly ContainerProcess[] {
  const namespace = unlessGone(() => readlinkSync(`/proc/${init}/ns/pid`));
  if (namespace === undefined) return [];
  return readdirSync(hostProc)
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => unlessGone(() => readlinkSync(join(hostProc, name, 'ns/pid'))) === namespace)
    .flatMap((name) => unlessGone(() => readProcess(join(hostProc, name))) ?? [])
    .toSorted((a, b) => a.pid - b.pid);
}

/** Signals a process by the simulator's number; false if it has gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals | number): boolean {
  return unlessGone(() => process.kill(pid, signal)) ?? false;
}

/** The numbers of a process from a `status` file: the host's, then the simulator's. */
export function numbersOf(status: string): { hostPid: number; pid: number } | undefined {
  const [hostPid, pid] = (/^NSpid:\s*(.*)$/m.exec(status)?.[1] ?? '').split(/\s+/).map(Number);
  return hostPid === undefined || pid === undefined ? undefined : { hostPid, pid };
}

function readProcess(folder: string): ContainerProcess | undefined {
  const numbers = numbersOf(readFileSync(join(folder, 'status'), 'utf8'));
  const command = readFileSync(join(folder, 'cmdline'), 'utf8').split('\0').slice(0, -1);
  // A process that has ended and is not reaped yet has no command line.
  return numbers === undefined || command.length === 0 ? undefined : { ...numbers, command };
}

/** What an act on a process gives, or undefined if the process has gone or is not ours to see. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { containerProcesses, signalProcess } from './processes.ts';
import type { SupervisedContainer } from './supervised-container.ts';

/** Juju's agent is a service of the charm container's Pebble, which signals the group of its hooks and waits for it. */
export async function endCharm(
  charm: SupervisedContainer,
  at: { hostProc: string; commands: ReadonlySet<ChildProcess>; agent: Promise<unknown> | undefined },
): Promise<void> {
  const init = charm.running()?.init;
  const processes = init === undefined ? [] : containerProcesses(init, at.hostProc);
  for (const { pid } of processes) if (pid !== init) signalProcess(pid, 'SIGTERM');
  await Promise.allSettled([at.agent]);
  await Promise.allSettled([...at.commands].map((command) => once(command, 'exit')));
  charm.running()?.signal('SIGTERM');
}

/** Kills containers for good. */
export async function killAll(containers: readonly SupervisedContainer[]): Promise<void> {
  for (const container of containers) {
    container.stopRestarting();
    container.running()?.signal('SIGKILL');
  }
  await Promise.all(containers.map(({ finished }) => finished));
}

/** Waits for an end, or until the time in ms is over. */
export async function endsWithin(end: Promise<unknown>, ms: number): Promise<void> {
  const waiting = new AbortController();
  const limit = delay(ms, undefined, { signal: waiting.signal }).catch(() => undefined);
  await Promise.race([end, limit]);
  waiting.abort();
}

import { constants } from 'node:os';
import { basename } from 'node:path';
import type { ControlRequest } from '../control.ts';
import { unitOf } from '../model/access.ts';
import { JujuError } from '../model/errors.ts';
import { losePod, restartPod } from './pods.ts';
import { podName } from './world.ts';
import type { World } from './world.ts';

type Target = Extract<ControlRequest, { command: 'kill' }>['target'];

/** Kills a process, a container, a pod, its node, or a dispatch to come. */
export async function kill(world: World, unit: string, target: Target): Promise<void> {
  unitOf(world.model(), unit);
  const { cluster } = world.options;
  switch (target.kind) {
    case 'process':
      await killProcesses(world, unit, target);
      return;
    case 'container':
      await cluster.killContainer(podName(unit), target.container);
      return;
    case 'pod':
      await restartPod(world, unit);
      return;
    case 'node':
      await losePod(world, unit, target.awayMs);
      return;
    case 'dispatch':
      world.runtime(unit).observer.armKill({ hook: target.hook, call: target.call });
      return;
  }
}

async function killProcesses(
  world: World,
  unit: string,
  target: Extract<Target, { kind: 'process' }>,
): Promise<void> {
  const { cluster } = world.options;
  const processes = await cluster.processes(podName(unit), target.container);
  const found = processes.filter(({ command }) => basename(command[0] ?? '') === target.name);
  if (found.length === 0)
    throw new JujuError(`no process ${target.name} in container ${target.container} of ${unit}`);
  const signal = signalOf(target.signal);
  for (const { pid } of found) cluster.signal(pid, signal);
}

function signalOf(name: string): NodeJS.Signals {
  if (isSignal(name)) return name;
  throw new JujuError(`no signal ${name}`);
}

function isSignal(name: string): name is NodeJS.Signals {
  return name in constants.signals;
}

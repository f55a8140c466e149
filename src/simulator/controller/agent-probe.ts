import { hasStarted } from '../model/lifecycle.ts';
import type { Unit } from '../model/records.ts';
import { podName } from './world.ts';
import type { World } from './world.ts';

/** Tells the cluster what a unit's agent answers to its readiness probe, if that has changed. */
export function tellProbe(world: World, { name, agent }: Unit): void {
  const runtime = world.runtime(name);
  const started = hasStarted(agent);
  const hasPod = runtime.pod === 'running' || runtime.pod === 'restarting';
  if (!hasPod || runtime.agentStarted === started) return;
  runtime.agentStarted = started;
  world.options.cluster.setAgentStarted(podName(name), started);
}

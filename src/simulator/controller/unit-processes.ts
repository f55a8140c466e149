import type { ContainerProcess } from '../cluster/cluster.ts';
import { applicationOf, unitOf } from '../model/access.ts';
import { podName } from './world.ts';
import type { World } from './world.ts';

/**
 * Processes of each workload container of a unit: what one would look at with `kubectl exec … ps`, had the images a
 * shell. Juju's show-unit has no such thing.
 */
export async function unitProcesses(
  world: World,
  unit: string,
): Promise<Readonly<Record<string, readonly ContainerProcess[]>>> {
  const { charm } = applicationOf(world.model(), unitOf(world.model(), unit).application);
  const found: Record<string, readonly ContainerProcess[]> = {};
  for (const container of Object.keys(charm.containers)) {
    found[container] = await world.options.cluster.processes(podName(unit), container);
  }
  return found;
}

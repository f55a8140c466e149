import { nextOperation } from '../model/next-operation.ts';
import type { World } from './world.ts';

/** Resolves when a unit's agent has nothing more to do, such as after the `stop` of a pod that is being deleted. */
export async function settled(world: World, unit: string): Promise<void> {
  const done = () => {
    if (world.runtime(unit).busy) return false;
    return world.model().units[unit] === undefined || nextOperation(world.model(), unit) === undefined;
  };
  // A unit's operation ends outside of any change of the model, so it is looked at again and again.
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
}

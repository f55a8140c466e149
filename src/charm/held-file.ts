import type { Snapshot } from './snapshot.ts';

/** A file of ours as it is in the container now; undefined if it is not there, or cannot be read. */
export function heldFile({ workload }: Pick<Snapshot, 'workload'>, path: string): string | undefined {
  return workload.reachable ? workload.files.get(path) : undefined;
}

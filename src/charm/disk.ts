import type { HookTools } from '../juju/index.ts';
import { storage } from './declared.ts';
import type { Disk, DiskSpace } from './ports.ts';
import type { Problem } from './problem.ts';

/**
 * The least that must be free of a disk, in bytes. For each block that it writes, Mimir first takes
 * a file of 512 MiB, and gives back what it did not need (Prometheus: tsdb/chunks, DefaultChunkSegmentSize); without that
 * space no samples get from an ingester into the store.
 */
const leastBytes = 600_000_000;

/** Reads how full the unit's storage is; undefined before Juju has attached it. */
export async function observeDisk(tools: HookTools, disk: Disk): Promise<DiskSpace | undefined> {
  const [id] = await tools.storageList(storage.name);
  const attached = id === undefined ? undefined : await tools.storageGet(id);
  return attached === undefined ? undefined : disk.space(attached.location);
}

/** Tells whether an error of Pebble's says that the disk is full. */
export function isDiskFull(error: unknown): error is Error {
  return error instanceof Error && error.message.includes('no space left on device');
}

/** What is wrong with the disk: that it is almost full, or that a file could not be written. */
export function diskProblems(space: DiskSpace | undefined, isFull: boolean): readonly Problem[] {
  const low = space !== undefined && space.free < leastBytes;
  if (!low && !isFull) return [];
  const left = space === undefined ? '' : ` (${inMegabytes(space.free)} of ${inMegabytes(space.size)} left)`;
  const message = `The disk is full${left}: this unit can write no blocks, and soon no samples, until there is space; enlarge its volume, or lower tsdb_block_retention_period.`;
  return [{ status: 'blocked', source: storage.name, message }];
}

function inMegabytes(bytes: number): string {
  return `${Math.floor(bytes / 1_000_000)} MB`;
}

import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { runTool } from '../launch/tool.ts';
import type { PodSpec, VolumeMount } from './cluster.ts';

/**
 * Makes the volumes of a pod that are not there yet: one of a limited size is a file system in memory, which is full
 * when it is full. It stays when the pod goes, and vanishes with the simulator.
 */
export async function provideVolumes({ charmMounts, containers }: PodSpec): Promise<void> {
  const mounts = [...charmMounts, ...containers.flatMap((container) => container.mounts)];
  for (const [source, { sizeMiB }] of new Map(mounts.map((mount) => [mount.source, mount]))) {
    mkdirSync(source, { recursive: true });
    if (sizeMiB === undefined || isMounted(source)) continue;
    const options = `size=${sizeMiB}M,mode=755`;
    await runTool('make a volume', ['mount', '-t', 'tmpfs', '-o', options, 'volume', source]);
  }
}

/** Where the volume is mounted in a container. */
export function volumeBind({ source, target }: VolumeMount) {
  return { source, target, writable: true };
}

function isMounted(folder: string): boolean {
  return statSync(folder).dev !== statSync(dirname(folder)).dev;
}

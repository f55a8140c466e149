import type { ControlLine } from '../../../src/simulator/client.ts';
import { tenant } from '../../../src/mimir/paths.ts';
import type { Simulation } from '../simulation.ts';

/** The storage of a unit of Mimir, as its charm container sees it. */
const storage = '/var/lib/juju/storage/data/*/';

/** Fills the storage of a unit to its last byte, by a file beside Mimir's own; it must have been deployed with a size. */
export async function fillDisk(simulation: Simulation, unit: string): Promise<void> {
  const output = await inCharm(simulation, unit, `cd ${storage} && cat /dev/zero > filling`);
  if (!output.includes('No space left on device'))
    throw new Error(`cannot fill the disk of ${unit}: ${output}`);
}

/** Takes away what {@link fillDisk} wrote. */
export async function emptyDisk(simulation: Simulation, unit: string): Promise<void> {
  const output = await inCharm(simulation, unit, `rm ${storage}filling`);
  if (output !== '') throw new Error(`cannot empty the disk of ${unit}: ${output}`);
}

/** Names of the blocks that a unit of Mimir has on its disk. */
export async function blocksOnDisk(simulation: Simulation, unit: string): Promise<readonly string[]> {
  const output = await inCharm(simulation, unit, `ls ${storage}tsdb/${tenant}`);
  return output.split('\n').filter((name) => /^[0-9A-Z]{26}$/.test(name));
}

/** Removes one of these blocks. */
export async function removeBlock(simulation: Simulation, unit: string, block: string): Promise<void> {
  const output = await inCharm(simulation, unit, `rm -r ${storage}tsdb/${tenant}/${block}`);
  if (output !== '') throw new Error(`cannot remove ${block} of ${unit}: ${output}`);
}

async function inCharm(simulation: Simulation, unit: string, script: string): Promise<string> {
  let output = '';
  const onLine = (line: ControlLine) => {
    if (line.kind === 'output') output += line.text;
  };
  const argv = ['sh', '-c', script];
  await simulation.client.request({ command: 'exec', unit, argv }, onLine);
  return output;
}

import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { paths } from '../../mimir/paths.ts';
import { storeIn } from '../object-store.ts';
import { isAbsent } from '../observe-workload.ts';
import type { Ports } from '../ports.ts';
import { type ActionResult, defineAction } from './action.ts';

const folder = dirname(paths.leftOnDisk);

/** `remove-old-samples`: what stayed on this unit's disk when Mimir moved to a bucket. */
export const removeOldSamples = defineAction(z.strictObject({}), async (_params, { pebble }) => {
  try {
    return await remove(pebble);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return { ok: false, reason: `${error.message}; wait for the container, and run this again.` };
  }
});

/** What Mimir last ran well with says where its samples are: on its disk, none of them are old. */
async function remove(pebble: Ports['pebble']): Promise<ActionResult> {
  const files = await pebble.readFiles([paths.lastGood.config]);
  if (storeIn(files.get(paths.lastGood.config)) !== 's3') {
    return { ok: false, reason: `Mimir keeps its samples in ${folder} of this unit: nothing was removed.` };
  }
  await pebble.removePath(folder, { recursive: true });
  return { ok: true, results: { removed: folder } };
}

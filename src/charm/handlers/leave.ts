import { mimirLayer } from '../layer.ts';
import { type Plan, untouched } from '../plan.ts';
import { hashIn, type Snapshot } from '../snapshot.ts';

/**
 * The plan of a unit that is being removed: its configuration is frozen and Mimir stops, with time to write
 * its samples to disk. Its relations break one after another now (Juju: uniter/resolver.go), and none of that
 * may change what the units that stay have in the ruler.
 */
export function leave({ workload }: Snapshot): Plan {
  if (!workload.reachable || workload.service === 'absent') return untouched;
  const layer = mimirLayer({ run: false, hash: hashIn(workload) ?? '', version: workload.version ?? '' });
  return { ...untouched, workload: { files: new Map(), layer, run: false, move: undefined } };
}

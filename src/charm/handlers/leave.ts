import { speaksTls } from '../../mimir/config/tls.ts';
import { paths } from '../../mimir/paths.ts';
import { heldFile } from '../held-file.ts';
import { mimirLayer } from '../layer.ts';
import { storeInUse } from '../object-store.ts';
import { type Plan, untouched } from '../plan.ts';
import { hashIn, type Snapshot } from '../snapshot.ts';

/**
 * The plan of a unit that is being removed: its configuration is frozen and Mimir stops. Before that it brings all that it
 * holds into the object storage, while it still runs, since Pebble gives it 25 s only once it is told to stop; then it
 * leaves the other units for good. On its own disk it has time to write its samples. The unit's relations break one after
 * another now (Juju: uniter/resolver.go), and none of that may change what the units that stay have in the ruler.
 */
export function leave({ workload, mimirTrouble }: Snapshot): Plan {
  if (!workload.reachable || workload.service === 'absent') return untouched;
  const layer = mimirLayer({
    run: false,
    hash: hashIn(workload) ?? '',
    version: workload.version ?? '',
    replicated: false,
    trusting: false,
    tracing: {},
    https: speaksTls(heldFile({ workload }, paths.config)),
  });
  const leaves = workload.ready && storeInUse(workload) === 's3' && mimirTrouble === undefined;
  const request = leaves ? ({ kind: 'prepare-shutdown' } as const) : undefined;
  return {
    ...untouched,
    workload: { files: new Map(), layer, logTargets: 'unobserved', run: false, move: undefined, request },
  };
}

import { hashVariable, mimirLayer, serviceName } from '../layer.ts';
import { type Plan, untouched } from '../plan.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * The plan of a unit that is being removed: its configuration is frozen and Mimir stops, with time to write
 * its samples to disk. Its relations break one after another now (Juju: uniter/resolver.go), and none of that
 * may change what the units that stay have in the ruler.
 */
export function leave({ workload }: Snapshot): Plan {
  if (!workload.reachable || workload.service === 'absent') return untouched;
  const frozen = workload.plan.services[serviceName]?.environment?.[hashVariable] ?? '';
  const layer = mimirLayer({ run: false, hash: frozen, version: workload.version });
  return { ...untouched, workload: { files: new Map(), layer, run: false } };
}

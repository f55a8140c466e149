import { keys, publish } from '../interfaces/prometheus-api.ts';
import type { InterpretedAddresses } from './ingress.ts';
import type { PlannedBag } from './plan.ts';
import { type Snapshot, writableRelations } from './snapshot.ts';

/** Mimir: what serves Prometheus's API. */
export const prometheusPath = '/prometheus';

/** Plans what those are told that ask Prometheus's API. */
export function planApiBags(
  { apiClients }: Snapshot,
  { application, ingress }: InterpretedAddresses,
): readonly PlannedBag[] {
  const urls = {
    direct: application + prometheusPath,
    ingress: ingress === undefined ? undefined : ingress + prometheusPath,
  };
  return writableRelations(apiClients).map((relationId) => ({
    ...{ relationId, scope: 'app', owned: keys.providerApp },
    values: publish(urls),
  }));
}

import { keys, publish, publishUnit } from '../interfaces/prometheus-scrape.ts';
import { alertGroups } from '../mimir/observability/alerts.ts';
import { selfRules } from '../mimir/observability/self-rules.ts';
import { ports } from '../mimir/ports.ts';
import { unitHostname } from './addresses.ts';
import type { InterpretedAddresses } from './ingress.ts';
import type { PlannedBag } from './plan.ts';
import type { Snapshot } from './snapshot.ts';
import { topologyOf } from './topology.ts';

/**
 * Plans what those are told that scrape Mimir's own metrics. An ingress leads to one unit or another, so they go to each unit
 * by its own name, which a new pod keeps, and which its certificate is for.
 */
export function planScrapeBags(
  { identity, scrapers }: Snapshot,
  { scheme }: Pick<InterpretedAddresses, 'scheme'>,
): readonly PlannedBag[] {
  const relations = scrapers === 'unobserved' ? [] : scrapers.relations;
  return relations.flatMap(({ id, appBag }): readonly PlannedBag[] => {
    const values = publishUnit(identity.unit, unitHostname(identity));
    const unitBag: PlannedBag = { relationId: id, scope: 'unit', owned: keys.providerUnit, values };
    if (appBag === 'unobserved') return [unitBag];
    const topology = topologyOf(identity);
    const job = { path: '/metrics', port: ports.http, scheme };
    const app = publish(topology, job, { groups: selfRules(alertGroups, topology) });
    return [unitBag, { relationId: id, scope: 'app', owned: keys.providerApp, values: app }];
  });
}

import { keys, publish } from '../interfaces/catalogue.ts';
import type { InterpretedAddresses } from './ingress.ts';
import type { PlannedBag } from './plan.ts';
import { type Snapshot, writableRelations } from './snapshot.ts';

/** Mimir: what people and programs look for first, and the pages that tell an administrator how its parts are. */
const paths = {
  Query: '/prometheus/api/v1/query',
  'Remote write': '/api/v1/push',
  Rules: '/prometheus/api/v1/rules',
  Alerts: '/prometheus/api/v1/alerts',
  Alertmanager: '/alertmanager/',
  Services: '/services',
  Configuration: '/config',
  Limits: '/runtime_config',
  'Ingester ring': '/ingester/ring',
  Memberlist: '/memberlist',
} as const;

/** Plans how catalogues show Mimir. */
export function planCatalogueBags(
  { catalogues }: Snapshot,
  { external }: InterpretedAddresses,
): readonly PlannedBag[] {
  const values = publish({
    name: 'Mimir',
    description: 'Long-term storage for Prometheus metrics, with recording rules and alerts.',
    url: `${external}/`,
    icon: 'chart-timeline-variant',
    apiDocs: 'https://grafana.com/docs/mimir/latest/references/http-api/',
    apiEndpoints: Object.fromEntries(Object.entries(paths).map(([label, path]) => [label, external + path])),
  });
  return writableRelations(catalogues).map((relationId) => ({
    ...{ relationId, scope: 'app', owned: keys.requirerApp },
    values,
  }));
}

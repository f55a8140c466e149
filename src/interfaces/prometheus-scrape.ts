import type { Databag } from '../juju/databag.ts';
import { publishTopology, type PublishedTopology } from './topology.ts';

/** The keys of our bags. */
export const keys = {
  providerApp: ['scrape_metadata', 'scrape_jobs', 'alert_rules'],
  providerUnit: [
    'prometheus_scrape_unit_address',
    'prometheus_scrape_unit_name',
    'prometheus_scrape_unit_fqdn',
  ],
} as const;

/** Where each unit of the application has its metrics. */
export interface ScrapeJob {
  readonly path: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** Rule groups in the form of a rule file, with all labels and matchers that they are to have. */
export interface PublishedRules {
  readonly groups: readonly unknown[];
}

/** What our leader publishes: a target that begins with `*` stands for each unit (Juju: prometheus_scrape). */
export function publish(
  topology: PublishedTopology,
  { path, port, scheme }: ScrapeJob,
  rules: PublishedRules,
): Databag {
  const job = {
    metrics_path: path,
    static_configs: [{ targets: [`*:${port}`] }],
    ...(scheme === 'https' ? { scheme } : {}),
  };
  return {
    scrape_metadata: publishTopology(topology),
    scrape_jobs: JSON.stringify([job]),
    alert_rules: JSON.stringify(rules),
  };
}

/** What each unit publishes: its name in Juju, and the one by which other pods reach it. */
export function publishUnit(unit: string, hostname: string): Databag {
  return {
    prometheus_scrape_unit_address: hostname,
    prometheus_scrape_unit_name: unit,
    prometheus_scrape_unit_fqdn: hostname,
  };
}

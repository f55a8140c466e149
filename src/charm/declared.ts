/**
 * What metadata.yaml, config.yaml and actions.yaml declare, as the code counts on it. A test compares the two, both
 * ways, so that nothing is declared that does not work and nothing works that is not declared.
 */

/** Endpoints by name, with their role and interface. */
export const endpoints = {
  alertmanager: { role: 'requires', interface: 'alertmanager_dispatch' },
  'charm-tracing': { role: 'requires', interface: 'tracing' },
  catalogue: { role: 'requires', interface: 'catalogue' },
  certificates: { role: 'requires', interface: 'tls-certificates' },
  'grafana-source': { role: 'provides', interface: 'grafana_datasource' },
  ingress: { role: 'requires', interface: 'ingress' },
  memcached: { role: 'requires', interface: 'memcache' },
  logging: { role: 'requires', interface: 'loki_push_api' },
  'mimir-peers': { role: 'peers', interface: 'mimir_peers' },
  'prometheus-api': { role: 'provides', interface: 'prometheus_api' },
  'receive-ca-cert': { role: 'requires', interface: 'certificate_transfer' },
  'remote-configuration': { role: 'requires', interface: 'alertmanager_remote_configuration' },
  s3: { role: 'requires', interface: 's3' },
  'self-metrics-endpoint': { role: 'provides', interface: 'prometheus_scrape' },
  'send-datasource': { role: 'provides', interface: 'grafana_datasource_exchange' },
  'receive-otlp': { role: 'provides', interface: 'otlp' },
  'receive-remote-write': { role: 'provides', interface: 'prometheus_remote_write' },
  'workload-tracing': { role: 'requires', interface: 'tracing' },
} as const;

/** Options by name, with their type and default. */
export const options = {
  alertmanager_config: { type: 'string', default: '' },
  alertmanager_template: { type: 'string', default: '' },
  ha_cluster_label: { type: 'string', default: 'cluster' },
  ha_replica_label: { type: 'string', default: '__replica__' },
  ha_tracker: { type: 'boolean', default: false },
  log_level: { type: 'string', default: 'info' },
  max_global_exemplars_per_user: { type: 'int', default: 0 },
  memcached_addresses: { type: 'string', default: '' },
  s3: { type: 'string', default: '' },
  s3_credentials: { type: 'secret', default: undefined },
  tsdb_block_retention_period: { type: 'string', default: '24h' },
} as const;

/** The charm's name, whatever it is deployed as. */
export const charmName = 'mimir-k8s';

/** The workload container. */
export const containerName = 'mimir';

/** The storage, and where the workload container mounts it. */
export const storage = { name: 'data', location: '/data' } as const;

/** An option's name. */
export type OptionName = keyof typeof options;

/** Value of an option as text, out of what config-get returned; its default if Juju did not say. */
export function optionText(
  values: Readonly<Record<string, string | number | boolean>>,
  name: OptionName,
): string {
  return String(values[name] ?? options[name].default ?? '');
}

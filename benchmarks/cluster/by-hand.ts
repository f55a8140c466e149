/** The store's user and where it is; the keys are those of a store that ends with the benchmark. */
export interface ByHandStore {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A deployment without the charm. */
export interface ByHand {
  /** Name of its bucket too. */
  readonly application: string;
  readonly units: number;
  readonly store: ByHandStore;
}

/** Files on the disk of each unit, by their path below `/data`. */
export function filesByHand(byHand: ByHand): Readonly<Record<string, string>> {
  return {
    'mimir.yaml': `${configuration}${storage(byHand)}${byHand.units === 1 ? alone : several(byHand)}`,
    'limits.yaml': limits,
    'fallback.yaml': 'route: { receiver: none }\nreceivers: [{ name: none }]\n',
    // Mimir makes files of tokens, and not their folder.
    'tokens/.keep': '',
  };
}

/** Starts a Mimir with those files. */
export const commandByHand = ['/bin/mimir', '-config.file=/data/mimir.yaml'] as const;

/** Monolithic mode as Mimir's own manual has it, on the pod's disk, that is soon ready and stops soon. */
const configuration = `\
target: all,alertmanager
multitenancy_enabled: false
server: { http_listen_port: 9009, log_level: info, log_format: logfmt }
usage_stats: { enabled: false }
activity_tracker: { filepath: /data/activity.log }
compactor: { data_dir: /data/compactor }
ruler:
  rule_path: /data/ruler
  outbound_sync_queue_poll_interval: 1s
  inbound_sync_queue_poll_interval: 1s
limits: { ruler_alertmanager_client_config: { alertmanager_url: http://127.0.0.1:9009/alertmanager } }
runtime_config: { file: /data/limits.yaml, period: 2s }
`;

/** The charm's limits: what is accepted is no matter of who configured it. */
const limits = `\
overrides:
  anonymous:
    max_global_series_per_user: 1000000
    ingestion_rate: 200000
    ingestion_burst_size: 2000000
    out_of_order_time_window: 10m
`;

function storage({ application, store }: ByHand): string {
  return `\
common:
  storage:
    backend: s3
    s3:
      endpoint: ${store.endpoint}
      bucket_name: ${application}
      access_key_id: ${store.accessKey}
      secret_access_key: ${store.secretKey}
      region: us-east-1
      insecure: true
blocks_storage:
  storage_prefix: blocks
  tsdb: { dir: /data/tsdb }
  bucket_store: { sync_dir: /data/tsdb-sync }
ruler_storage: { storage_prefix: ruler }
alertmanager_storage: { storage_prefix: alertmanager }
`;
}

const alone = `${rings(1)}memberlist: { leave_timeout: 5s }\n`;

function several({ application }: ByHand): string {
  const join = `dns+${application}-endpoints.demo.svc.cluster.local:7946`;
  return `\
${rings(3)}memberlist:
  cluster_label: ${application}
  join_members: ['${join}']
  rejoin_interval: 10s
  leave_timeout: 5s
`;
}

function rings(copies: number): string {
  return `\
ingester:
  ring:
    replication_factor: ${copies}
    min_ready_duration: 0s
    tokens_file_path: /data/tokens/ingester
    unregister_on_shutdown: false
store_gateway:
  sharding_ring: { replication_factor: ${copies}, tokens_file_path: /data/tokens/store-gateway }
alertmanager:
  data_dir: /data/alertmanager
  fallback_config_file: /data/fallback.yaml
  external_url: http://127.0.0.1:9009/alertmanager
  sharding_ring: { replication_factor: ${copies} }
`;
}

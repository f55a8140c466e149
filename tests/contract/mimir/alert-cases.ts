/** Values of a series by the minute, from long ago until now, which is the last one. */
export interface CaseSeries {
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly at: (minute: number) => number;
}

/** What an alert fires on, and what it stays quiet on though it is close. */
export interface AlertCase {
  readonly fires: readonly CaseSeries[];
  readonly quiet: readonly CaseSeries[];
}

/** Minutes of samples that each case has. */
export const minutes = 100;

type Labels = Readonly<Record<string, string>>;

const gauge = (metric: string, value: number, labels: Labels = {}): CaseSeries => ({
  metric,
  labels,
  at: () => value,
});
const counter = (metric: string, perMinute: number, labels: Labels = {}): CaseSeries => ({
  metric,
  labels,
  at: (minute) => minute * perMinute,
});
const secondsAgo = (metric: string, seconds: number, labels: Labels = {}): CaseSeries =>
  gauge(metric, Math.floor(Date.now() / 1000) - seconds, labels);
/** Counts what happened in one of the last minutes only. */
const lately = (metric: string, times: number, labels: Labels = {}): CaseSeries => ({
  metric,
  labels,
  at: (minute) => Math.max(0, minute - (minutes - times)),
});
const unit = (ordinal: number): Labels => ({ juju_unit: `mimir/${ordinal}` });

/** Two counters: one of what was done, one of what of it failed, with so many percent. */
function failing([failed, all]: readonly [string, string], percent: number, labels: Labels = {}) {
  return [counter(failed, percent, labels), counter(all, 100, labels)];
}

function requests(percent: number, route = 'api_v1_push'): readonly CaseSeries[] {
  const metric = 'cortex_request_duration_seconds_count';
  return [
    counter(metric, 100 - percent, { route, status_code: '200' }),
    counter(metric, percent, { route, status_code: '503' }),
  ];
}

/** A hundred requests a minute, of which so many take between one second and ten. */
function latency(slow: number, route = 'prometheus_api_v1_query'): readonly CaseSeries[] {
  const metric = 'cortex_request_duration_seconds_bucket';
  return [
    counter(metric, 100 - slow, { route, le: '1' }),
    counter(metric, 100, { route, le: '10' }),
    counter(metric, 100, { route, le: '+Inf' }),
  ];
}

const group = { rule_group: 'juju-relation-3;cpu' };
const index = 'cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds';
const synced = 'cortex_bucket_stores_blocks_last_successful_sync_timestamp_seconds';
const gateway = { component: 'store-gateway' };
const oldest = 'cortex_ingester_oldest_unshipped_block_timestamp_seconds';
const bucket = { component: 'store-gateway', operation: 'get' };
const evaluations = 'cortex_prometheus_rule_group_iterations';
const bucketOperations = (percent: number) =>
  failing(
    ['thanos_objstore_bucket_operation_failures_total', 'thanos_objstore_bucket_operations_total'],
    percent,
    bucket,
  );

/** A case for every alert by its name. */
export const alertCases: Readonly<Record<string, AlertCase>> = {
  MimirUnitDown: { fires: [gauge('up', 0)], quiet: [gauge('up', 1)] },
  MimirMetricsMissing: { fires: [gauge('unrelated', 1)], quiet: [gauge('up', 0)] },
  MimirRestarts: {
    fires: [{ metric: 'process_start_time_seconds', at: (minute) => Math.floor(minute / 5) }],
    quiet: [{ metric: 'process_start_time_seconds', at: (minute) => Math.floor(minute / 40) }],
  },
  MimirIngesterUnhealthy: {
    fires: [gauge('cortex_ring_members', 1, { name: 'ingester', state: 'Unhealthy' })],
    quiet: [
      gauge('cortex_ring_members', 0, { name: 'ingester', state: 'Unhealthy' }),
      gauge('cortex_ring_members', 3, { name: 'ingester', state: 'ACTIVE' }),
    ],
  },
  MimirGossipMembersTooLow: {
    fires: [
      ...[0, 1, 2].map((ordinal) => gauge('up', 1, unit(ordinal))),
      gauge('memberlist_client_cluster_members_count', 3, unit(0)),
      gauge('memberlist_client_cluster_members_count', 1, unit(1)),
    ],
    quiet: [
      gauge('up', 1, unit(0)),
      gauge('up', 0, unit(1)),
      gauge('memberlist_client_cluster_members_count', 1, unit(0)),
    ],
  },
  MimirRequestErrors: {
    fires: requests(2),
    quiet: [...requests(0.5), ...requests(50, 'ready')],
  },
  MimirRequestLatency: {
    fires: latency(10),
    quiet: [...latency(0), ...latency(50, '/schedulerpb.SchedulerForQuerier/QuerierLoop')],
  },
  MimirDiscardsSamples: {
    fires: [counter('cortex_discarded_samples_total', 10, { reason: 'per_user_series_limit' })],
    quiet: [gauge('cortex_discarded_samples_total', 40, { reason: 'per_user_series_limit' })],
  },
  MimirBucketErrors: { fires: bucketOperations(10), quiet: bucketOperations(2) },
  MimirBadRuntimeConfig: {
    fires: [gauge('cortex_runtime_config_last_reload_successful', 0)],
    quiet: [gauge('cortex_runtime_config_last_reload_successful', 1)],
  },
  MimirInconsistentRuntimeConfig: {
    fires: [0, 1].map((ordinal) =>
      gauge('cortex_runtime_config_hash', 1, { ...unit(ordinal), sha256: `${ordinal}` }),
    ),
    quiet: [0, 1].map((ordinal) => gauge('cortex_runtime_config_hash', 1, { ...unit(ordinal), sha256: 'a' })),
  },
  MimirRulerFailedWrites: {
    fires: failing(['cortex_ruler_write_requests_failed_total', 'cortex_ruler_write_requests_total'], 5),
    quiet: failing(['cortex_ruler_write_requests_failed_total', 'cortex_ruler_write_requests_total'], 0.5),
  },
  MimirRulerFailedQueries: {
    fires: failing(['cortex_ruler_queries_failed_total', 'cortex_ruler_queries_total'], 5),
    quiet: failing(['cortex_ruler_queries_failed_total', 'cortex_ruler_queries_total'], 0.5),
  },
  MimirRulerMissedEvaluations: {
    fires: failing([`${evaluations}_missed_total`, `${evaluations}_total`], 5, group),
    quiet: failing([`${evaluations}_missed_total`, `${evaluations}_total`], 0, group),
  },
  MimirRuleFails: {
    fires: [counter('cortex_prometheus_rule_evaluation_failures_total', 1, group)],
    quiet: [lately('cortex_prometheus_rule_evaluation_failures_total', 3, group)],
  },
  MimirAlertmanagerSyncFails: {
    fires: [counter('cortex_alertmanager_sync_configs_failed_total', 1, { reason: 'periodic' })],
    quiet: [lately('cortex_alertmanager_sync_configs_failed_total', 3, { reason: 'periodic' })],
  },
  MimirAlertmanagerRingFails: {
    fires: [counter('cortex_alertmanager_ring_check_errors_total', 1)],
    quiet: [lately('cortex_alertmanager_ring_check_errors_total', 3)],
  },
  MimirAlertmanagerStateLost: {
    fires: [counter('cortex_alertmanager_state_persist_failed_total', 1)],
    quiet: [lately('cortex_alertmanager_state_persist_failed_total', 3)],
  },
  MimirBlocksNotShipped: { fires: [secondsAgo(oldest, 3 * 3600)], quiet: [gauge(oldest, 0)] },
  MimirDiskFailsSamples: {
    fires: diskFailures(1),
    quiet: diskFailures(0),
  },
  MimirLogOfSamplesCorrupt: {
    fires: [lately('cortex_ingester_tsdb_wal_corruptions_total', 1)],
    quiet: [gauge('cortex_ingester_tsdb_wal_corruptions_total', 1)],
  },
  MimirStoreGatewayOutOfDate: {
    fires: [secondsAgo(synced, 3600, gateway)],
    quiet: [secondsAgo(synced, 1200, gateway), secondsAgo(synced, 3600, { component: 'querier' })],
  },
  MimirCompactorNotCleaning: { fires: [secondsAgo(index, 8 * 3600)], quiet: [secondsAgo(index, 4 * 3600)] },
  MimirCompactorFails: {
    fires: [lately('cortex_compactor_runs_failed_total', 4, { reason: 'error' })],
    quiet: [
      lately('cortex_compactor_runs_failed_total', 1, { reason: 'error' }),
      lately('cortex_compactor_runs_failed_total', 9, { reason: 'shutdown' }),
    ],
  },
  MimirCompactorDiskFull: {
    fires: [lately('cortex_compactor_disk_out_of_space_errors_total', 1)],
    quiet: [gauge('cortex_compactor_disk_out_of_space_errors_total', 1)],
  },
};

function diskFailures(perMinute: number): readonly CaseSeries[] {
  const sound = ['wal_writes', 'head_truncations', 'checkpoint_creations'];
  return [
    ...sound.map((what) => gauge(`cortex_ingester_tsdb_${what}_failed_total`, 7)),
    counter('cortex_ingester_tsdb_compactions_failed_total', perMinute),
  ];
}

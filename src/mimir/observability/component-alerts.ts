import {
  type AlertGroup,
  applicationLabels as application,
  topologyToken as T,
  unitLabels as unit,
} from './alert.ts';

/** Whether rules are evaluated, and alerts sent. */
export const rulerAndAlertmanager: AlertGroup = {
  name: 'MimirRulerAndAlertmanager',
  alerts: [
    {
      name: 'MimirRulerFailedWrites',
      expr: `100 * sum by (${unit}) (rate(cortex_ruler_write_requests_failed_total{${T}}[5m])) / sum by (${unit}) (rate(cortex_ruler_write_requests_total{${T}}[5m])) > 1`,
      for: '5m',
      severity: 'critical',
      summary: 'The ruler of unit {{ $labels.juju_unit }} cannot store what rules record.',
      description:
        '{{ printf "%.1f" $value }} % of its writes fail, and what they hold is lost. See whether other units are down: juju status.',
    },
    {
      name: 'MimirRulerFailedQueries',
      expr: `100 * sum by (${unit}) (rate(cortex_ruler_queries_failed_total{${T}}[5m])) / sum by (${unit}) (rate(cortex_ruler_queries_total{${T}}[5m])) > 1`,
      for: '5m',
      severity: 'critical',
      summary: 'The ruler of unit {{ $labels.juju_unit }} cannot query what its rules ask for.',
      description:
        '{{ printf "%.1f" $value }} % of its queries fail, so alerts of related applications may not fire. See whether other units or the bucket are down: juju status.',
    },
    {
      name: 'MimirRulerMissedEvaluations',
      expr: `100 * sum by (${unit}, rule_group) (rate(cortex_prometheus_rule_group_iterations_missed_total{${T}}[5m])) / sum by (${unit}, rule_group) (rate(cortex_prometheus_rule_group_iterations_total{${T}}[5m])) > 1`,
      for: '5m',
      severity: 'warning',
      summary: 'Rules are evaluated too slowly: {{ $labels.rule_group }}.',
      description:
        '{{ printf "%.1f" $value }} % of the evaluations are left out, since the one before has not ended. Make its rules cheaper or its interval longer, or add units.',
    },
    {
      name: 'MimirRuleFails',
      expr: `sum by (${application}, rule_group) (rate(cortex_prometheus_rule_evaluation_failures_total{${T}}[5m])) > 0`,
      for: '15m',
      severity: 'warning',
      summary: 'A rule cannot be evaluated: {{ $labels.rule_group }}.',
      description:
        'The action list-rules names it and says why. The number behind juju-relation is that of the relation over which it came: juju show-unit.',
    },
    {
      name: 'MimirAlertmanagerSyncFails',
      expr: `sum by (${unit}) (rate(cortex_alertmanager_sync_configs_failed_total{${T}}[5m])) > 0`,
      for: '30m',
      severity: 'critical',
      summary: 'The Alertmanager of unit {{ $labels.juju_unit }} cannot read its configuration.',
      description: 'It goes on with the one that it read last. See whether the bucket answers: juju status.',
    },
    {
      name: 'MimirAlertmanagerRingFails',
      expr: `sum by (${unit}) (rate(cortex_alertmanager_ring_check_errors_total{${T}}[5m])) > 0`,
      for: '10m',
      severity: 'critical',
      summary: 'The Alertmanager of unit {{ $labels.juju_unit }} cannot find the others.',
      description:
        'Notifications may be sent twice, or by none. See whether units are down, at /alertmanager/ring and in juju status.',
    },
    {
      name: 'MimirAlertmanagerStateLost',
      expr: `sum by (${unit}) (rate(cortex_alertmanager_state_persist_failed_total{${T}}[15m])) > 0`,
      for: '60m',
      severity: 'warning',
      summary: 'The Alertmanager of unit {{ $labels.juju_unit }} cannot keep its silences.',
      description:
        'If all units restart now, silences are lost and notifications are sent again. See whether the bucket answers: juju status.',
    },
  ],
};

/** Whether samples are kept. */
export const samples: AlertGroup = {
  name: 'MimirSamples',
  alerts: [
    {
      name: 'MimirBlocksNotShipped',
      expr: `time() - cortex_ingester_oldest_unshipped_block_timestamp_seconds{${T}} > 3600 and cortex_ingester_oldest_unshipped_block_timestamp_seconds{${T}} > 0`,
      for: '15m',
      severity: 'critical',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir cannot bring its samples into the bucket.',
      description:
        'A block of samples waits since more than an hour. Until the bucket takes it, it is on the disk of the unit only, which fills up. See juju status of the object store.',
    },
    {
      name: 'MimirDiskFailsSamples',
      expr: `sum by (${unit}) (rate(cortex_ingester_tsdb_wal_writes_failed_total{${T}}[5m]) + rate(cortex_ingester_tsdb_compactions_failed_total{${T}}[5m]) + rate(cortex_ingester_tsdb_head_truncations_failed_total{${T}}[5m]) + rate(cortex_ingester_tsdb_checkpoint_creations_failed_total{${T}}[5m])) > 0`,
      for: '3m',
      severity: 'critical',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir cannot write samples to its disk.',
      description:
        'It is full, or broken: see what juju status says of the unit, and df in its container. Samples that were acknowledged are in memory, and on other units if there are any.',
    },
    {
      name: 'MimirLogOfSamplesCorrupt',
      expr: `increase(cortex_ingester_tsdb_wal_corruptions_total{${T}}[30m]) > 0`,
      for: '0m',
      severity: 'critical',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir has found its log of samples damaged.',
      description:
        'It has cut off what cannot be read: with a single unit those samples are lost, else others have them. See whether the disk is sound.',
    },
    {
      name: 'MimirStoreGatewayOutOfDate',
      expr: `time() - cortex_bucket_stores_blocks_last_successful_sync_timestamp_seconds{${T}, component="store-gateway"} > 1800 and cortex_bucket_stores_blocks_last_successful_sync_timestamp_seconds{${T}, component="store-gateway"} > 0`,
      for: '5m',
      severity: 'critical',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir does not see new blocks in the bucket.',
      description:
        'It has not looked for half an hour, so queries fail as soon as they need one. See whether the bucket answers, and what kubectl logs says.',
    },
    {
      name: 'MimirCompactorNotCleaning',
      expr: `time() - cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds{${T}} > 21600 and cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds{${T}} > 0`,
      for: '60m',
      severity: 'critical',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir does not remove old blocks.',
      description:
        'It has not for 6 hours: the bucket grows, and its index gets old. See whether the keys of the bucket may list and delete.',
    },
    {
      name: 'MimirCompactorFails',
      expr: `sum by (${unit}) (increase(cortex_compactor_runs_failed_total{${T}, reason!="shutdown"}[2h])) >= 2`,
      for: '0m',
      severity: 'warning',
      summary: 'The compactor of unit {{ $labels.juju_unit }} fails.',
      description:
        'Twice in 2 hours. Queries over long times get slow if it lasts; kubectl logs says why, often it is the disk or the bucket.',
    },
    {
      name: 'MimirCompactorDiskFull',
      expr: `increase(cortex_compactor_disk_out_of_space_errors_total{${T}}[24h]) > 0`,
      for: '0m',
      severity: 'critical',
      summary: 'The disk of unit {{ $labels.juju_unit }} is too small to compact blocks.',
      description:
        'Deploy units with larger storage: juju deploy --storage data=…, or juju add-unit after it.',
    },
  ],
};

import {
  type AlertGroup,
  applicationLabels as application,
  topologyToken as T,
  unitLabels as unit,
} from './alert.ts';

/** Routes that answer for as long as they are asked to, and those by which others only look. */
const streams = '/schedulerpb.*|/frontend.*|ready|metrics|debug_pprof';

/** Whether the units run, and know of one another. */
export const units: AlertGroup = {
  name: 'MimirUnits',
  alerts: [
    {
      name: 'MimirUnitDown',
      expr: `up{${T}} == 0`,
      for: '5m',
      severity: 'critical',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir does not answer.',
      description:
        'Its metrics could not be fetched for 5 minutes. See what juju status says of the unit, and kubectl get pods.',
    },
    {
      name: 'MimirMetricsMissing',
      expr: `absent(up{${T}})`,
      for: '5m',
      severity: 'warning',
      summary: 'Nobody fetches the metrics of Mimir.',
      description:
        'None of its units has been asked for 5 minutes, so no other alert of Mimir can fire. See that the application that fetches metrics runs, and is related to self-metrics-endpoint.',
    },
    {
      name: 'MimirRestarts',
      expr: `changes(process_start_time_seconds{${T}}[30m]) >= 3`,
      for: '0m',
      severity: 'warning',
      summary: 'Mimir of unit {{ $labels.juju_unit }} starts again and again.',
      description:
        'It has started {{ $value }} times in half an hour. If kubectl describe pod says OOMKilled, give it more memory; else read its last words in kubectl logs.',
    },
    {
      name: 'MimirIngesterUnhealthy',
      expr: `max by (${application}, name) (cortex_ring_members{${T}, state="Unhealthy"}) > 0`,
      for: '15m',
      severity: 'critical',
      summary: 'A unit is missing in the ring of the {{ $labels.name }}s of Mimir.',
      description:
        'The others have not heard of it for 15 minutes. See juju status; a unit that was removed by force is taken out at /ingester/ring or the like, by its button Forget.',
    },
    {
      name: 'MimirGossipMembersTooLow',
      expr: `min by (${application}) (memberlist_client_cluster_members_count{${T}}) < count by (${application}) (up{${T}} == 1)`,
      for: '15m',
      severity: 'warning',
      summary: 'Units of Mimir do not know of one another.',
      description:
        'One of them knows {{ $value }} units only, though more run. Port 7946 has to be open between the pods, and with TLS their certificates in force: see juju status.',
    },
  ],
};

/** Whether Mimir does what it is asked for. */
export const requests: AlertGroup = {
  name: 'MimirRequests',
  alerts: [
    {
      name: 'MimirRequestErrors',
      expr: `100 * sum by (${unit}, route) (rate(cortex_request_duration_seconds_count{${T}, status_code=~"5..", route!~"${streams}"}[5m])) / sum by (${unit}, route) (rate(cortex_request_duration_seconds_count{${T}, route!~"${streams}"}[5m])) > 1`,
      for: '15m',
      severity: 'critical',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir fails requests of {{ $labels.route }}.',
      description:
        'It answers {{ printf "%.1f" $value }} % of them with an error of its own. Its log says why: juju debug-log for the charm, kubectl logs for Mimir; often it is the bucket, or a unit that is down.',
    },
    {
      name: 'MimirRequestLatency',
      expr: `histogram_quantile(0.99, sum by (${unit}, route, le) (rate(cortex_request_duration_seconds_bucket{${T}, route!~"${streams}"}[5m]))) > 2.5`,
      for: '15m',
      severity: 'warning',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir answers {{ $labels.route }} slowly.',
      description:
        'One in a hundred takes more than {{ printf "%.1f" $value }} s. Add units, relate memcached, or find the queries that read most.',
    },
    {
      name: 'MimirDiscardsSamples',
      expr: `sum by (${application}, reason) (rate(cortex_discarded_samples_total{${T}}[5m])) > 0`,
      for: '15m',
      severity: 'warning',
      summary: 'Mimir refuses samples: {{ $labels.reason }}.',
      description:
        'It drops {{ printf "%.1f" $value }} samples a second. A reason that begins with per_user is a limit of the tenant; any other is a fault of what a sender sends.',
    },
    {
      name: 'MimirBucketErrors',
      expr: `100 * sum by (${application}, component, operation) (rate(thanos_objstore_bucket_operation_failures_total{${T}}[10m])) / sum by (${application}, component, operation) (rate(thanos_objstore_bucket_operations_total{${T}}[10m])) > 5`,
      for: '10m',
      severity: 'critical',
      summary: 'The bucket of Mimir fails {{ $labels.operation }} of {{ $labels.component }}.',
      description:
        '{{ printf "%.1f" $value }} % of them fail. See that the object store runs, is not full, and still takes the keys: juju status of its application.',
    },
  ],
};

/** Whether Mimir has taken up its configuration. */
export const configuration: AlertGroup = {
  name: 'MimirConfiguration',
  alerts: [
    {
      name: 'MimirBadRuntimeConfig',
      expr: `cortex_runtime_config_last_reload_successful{${T}} == 0`,
      for: '5m',
      severity: 'critical',
      summary: 'Unit {{ $labels.juju_unit }} of Mimir cannot read its limits.',
      description:
        'It goes on with the limits that it read last. Its log names the line of limits.yaml; resetting the option that was set last mends it.',
    },
    {
      name: 'MimirInconsistentRuntimeConfig',
      expr: `count by (${application}) (count by (${application}, sha256) (cortex_runtime_config_hash{${T}})) > 1`,
      for: '60m',
      severity: 'warning',
      summary: 'Units of Mimir have different limits.',
      description:
        'They have for an hour. A unit whose hooks fail keeps old ones: see juju status, and juju resolve what is in error.',
    },
  ],
};

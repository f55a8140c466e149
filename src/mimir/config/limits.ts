import { formatDuration } from '../duration.ts';
import type { HaLabels } from '../ha-labels.ts';
import { tenant } from '../paths.ts';
import type { ConfigSection } from './deployment.ts';

/** What one tenant may do; Mimir takes changes of it up without a restart. */
export interface RuntimeLimits {
  /** Series in memory, over all units; 0 means no limit. */
  readonly maxGlobalSeries: number;
  /** Samples per second, over all units. */
  readonly ingestionRate: number;
  /** Samples at once. */
  readonly ingestionBurstSize: number;
  /** Exemplars in memory, over all units; with 0 none are kept. */
  readonly maxGlobalExemplars: number;
  /** How much older than the newest sample another may be, in milliseconds. */
  readonly outOfOrderTimeWindow: number;
  /**
   * Labels of replicated senders; undefined takes all samples. Only for a Mimir that elects among them: another one
   * would take off the replica's label, and store what all of them send as one series.
   */
  readonly haLabels: HaLabels | undefined;
}

/**
 * Limits for a deployment that nobody has sized. Mimir's own (150000 series, 10000 samples/s, nothing out of order) are made for one tenant
 * of many, and refuse the backlog that senders repeat after an outage. A unit of two cores took 200000 samples/s, and
 * 100000 series 0.5 GB of memory.
 */
export const defaultLimits: RuntimeLimits = {
  maxGlobalSeries: 1_000_000,
  ingestionRate: 200_000,
  ingestionBurstSize: 2_000_000,
  maxGlobalExemplars: 0,
  outOfOrderTimeWindow: 600_000,
  haLabels: undefined,
};

/** The runtime configuration: limits of the one tenant. Rules are not limited (0), they come from related applications. */
export function limits(values: RuntimeLimits): ConfigSection {
  return {
    overrides: {
      [tenant]: {
        max_global_series_per_user: values.maxGlobalSeries,
        ingestion_rate: values.ingestionRate,
        ingestion_burst_size: values.ingestionBurstSize,
        max_global_exemplars_per_user:
          values.maxGlobalExemplars === 0 ? undefined : values.maxGlobalExemplars,
        out_of_order_time_window: formatDuration(values.outOfOrderTimeWindow),
        ruler_max_rule_groups_per_tenant: 0,
        ruler_max_rules_per_rule_group: 0,
        // An answer that was short while units came or went is given again for so long, and not for Mimir's week.
        results_cache_ttl: '1h',
        ...haLimits(values.haLabels),
      },
    },
  };
}

function haLimits(labels: HaLabels | undefined): ConfigSection {
  if (labels === undefined) return {};
  return {
    accept_ha_samples: true,
    ha_cluster_label: labels.cluster,
    ha_replica_label: labels.replica,
    // Mimir looks every 15 s whether it is over (ha_tracker.go: updateKVLoop): with its 30s that may be later than 45 s.
    ha_tracker_failover_timeout: '25s',
  };
}

import { formatDuration } from '../duration.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';

/**
 * Where blocks, rules and Alertmanager configurations are kept. The prefixes are those of Canonical's charms, so that
 * their bucket can be taken over. They must differ; Mimir's own check finds only some that do not.
 */
export function storage({ dataDir, blocksRetention }: MimirDeployment): ConfigSection {
  return {
    common: { storage: { backend: 'filesystem', filesystem: { dir: `${dataDir}/store` } } },
    blocks_storage: {
      storage_prefix: 'blocks',
      tsdb: { dir: `${dataDir}/tsdb`, retention_period: formatDuration(blocksRetention) },
      bucket_store: {
        sync_dir: `${dataDir}/tsdb-sync`,
        sync_interval: '1m',
        // Goes with querier.query_store_after; either of them alone makes queries fail or miss samples.
        ignore_blocks_within: '0s',
      },
    },
    ruler_storage: { storage_prefix: 'rules' },
    alertmanager_storage: { storage_prefix: 'alerts' },
  };
}

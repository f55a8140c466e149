import { formatDuration } from '../duration.ts';
import { mimirPaths } from '../paths.ts';
import { bucketCaches, rulerCache } from './caches.ts';
import type { ConfigSection, MimirDeployment, S3Store } from './deployment.ts';

/**
 * Where blocks, rules and Alertmanager configurations are kept. The prefixes are those of Canonical's charms, so that
 * their bucket can be taken over. They must differ; Mimir's own check finds only some that do not.
 */
export function storage(deployment: MimirDeployment): ConfigSection {
  const { dataDir, blocksRetention, store } = deployment;
  return {
    common: {
      storage:
        store.kind === 'local'
          ? { backend: 'filesystem', filesystem: { dir: `${dataDir}/store` } }
          : { backend: 's3', s3: s3(store, mimirPaths(deployment).storeCa) },
    },
    blocks_storage: {
      storage_prefix: 'blocks',
      tsdb: { dir: `${dataDir}/tsdb`, retention_period: formatDuration(blocksRetention) },
      bucket_store: {
        sync_dir: `${dataDir}/tsdb-sync`,
        // Queriers look once a minute for blocks that are newer to them than this (Mimir: bucketindex/loader.go).
        sync_interval: '30s',
        // Goes with querier.query_store_after; either of them alone makes queries fail or miss samples.
        ignore_blocks_within: '0s',
        ...bucketCaches(deployment),
      },
    },
    ruler_storage: { storage_prefix: 'rules', ...rulerCache(deployment) },
    alertmanager_storage: { storage_prefix: 'alerts' },
  };
}

const lookupTypes = { path: 'path', host: 'virtual-hosted' } as const;

function s3(store: S3Store, caFile: string): ConfigSection {
  return {
    endpoint: store.endpoint,
    bucket_name: store.bucket,
    region: store.region,
    access_key_id: store.accessKey.reveal(),
    secret_access_key: store.secretKey.reveal(),
    insecure: store.insecure,
    bucket_lookup_type: store.uriStyle && lookupTypes[store.uriStyle],
    http: store.ownCa ? { tls_ca_path: caFile } : undefined,
  };
}

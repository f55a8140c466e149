import { type CacheAddress, formatCacheAddress } from '../cache-address.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';
import { grpcClient } from './tls.ts';

type Caching = Pick<MimirDeployment, 'caches'>;

/** Caches of what is in the object store; nothing if there is no memcached. */
export function bucketCaches({ caches }: Caching): ConfigSection {
  if (caches.length === 0) return {};
  return {
    chunks_cache: memcached(caches),
    index_cache: memcached(caches),
    metadata_cache: {
      ...memcached(caches),
      // What tells of new blocks: with Mimir's 5m to 15m, blocks of a unit that has left would be missed for as long.
      bucket_index_content_ttl: '10s',
      tenants_list_ttl: '10s',
      tenant_blocks_list_ttl: '10s',
      metafile_doesnt_exist_ttl: '10s',
    },
  };
}

/** The cache of rule groups that are in the object store. */
export function rulerCache({ caches }: Caching): ConfigSection {
  return caches.length === 0 ? {} : { cache: memcached(caches) };
}

/** The query-frontend, with its cache of answers. */
export function frontend(deployment: MimirDeployment): ConfigSection {
  const client = grpcClient(deployment);
  const { caches } = deployment;
  const cache = caches.length === 0 ? {} : { cache_results: true, results_cache: memcached(caches) };
  return caches.length === 0 && client === undefined
    ? {}
    : { frontend: { grpc_client_config: client, ...cache } };
}

function memcached(caches: readonly CacheAddress[]): ConfigSection {
  const addresses = [...new Set(caches.map(formatCacheAddress))].sort().join(',');
  // With Mimir's 200ms a busy machine would often count as one that has nothing.
  return { backend: 'memcached', memcached: { addresses, timeout: '500ms' } };
}

/** Memcacheds that a configuration of ours names, as Mimir takes them. */
export function cachesIn(config: string): readonly string[] {
  return /^ +addresses: '?([^'\n]+)'?$/m.exec(config)?.[1]?.split(',') ?? [];
}

/** A configuration of ours without its caches: Mimir exits at its start if none of them has a name that resolves. */
export function withoutCaches(config: string): string {
  return config
    .replaceAll(/^( *)(?:chunks_cache|index_cache|metadata_cache|cache|results_cache):\n(?:\1 +.*\n)*/gm, '')
    .replace(/^ +cache_results: true\n/m, '')
    .replace(/^frontend:\n(?! )/m, '');
}

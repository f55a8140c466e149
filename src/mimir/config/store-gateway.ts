import type { ConfigSection, MimirDeployment } from './deployment.ts';

/** The store-gateway's place in its ring. */
export function storeGateway({ dataDir, replication }: MimirDeployment): ConfigSection {
  return {
    store_gateway: {
      sharding_ring: {
        replication_factor: replication.factor,
        tokens_file_path: `${dataDir}/store-gateway-tokens`,
      },
    },
  };
}

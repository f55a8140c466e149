import type { ConfigSection, MimirDeployment } from './deployment.ts';
import { grpcClient } from './tls.ts';

/**
 * The querier. It asks the stored blocks for recent samples as well: with Mimir's default of 12h, blocks that were
 * flushed by a unit that left, or before the replication factor rose, are missing from answers.
 */
export function querier(deployment: MimirDeployment): ConfigSection {
  return { querier: { query_store_after: '0s', store_gateway_client: grpcClient(deployment) } };
}

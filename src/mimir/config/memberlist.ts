import { ports } from '../ports.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';

/**
 * Gossip. The name to join by stays the same however many units there are, so that none restarts because another came.
 * One unit joins nobody: a name that does not resolve would delay /ready by 22 s.
 */
export function memberlist({ replication }: MimirDeployment): ConfigSection {
  const { factor, label, unitsHostname } = replication;
  return {
    memberlist: {
      bind_port: ports.gossip,
      cluster_label: label,
      join_members: factor === 1 ? undefined : [`dns+${unitsHostname}:${ports.gossip}`],
      // Pods that all come back with new addresses, or after a cut of the network, find one another again by it.
      rejoin_interval: factor === 1 ? undefined : '10s',
      // The default of 20s would leave little of a pod's grace period when units stop together.
      leave_timeout: '5s',
    },
  };
}

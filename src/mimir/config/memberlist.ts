import { mimirPaths } from '../paths.ts';
import { ports } from '../ports.ts';
import type { ConfigSection, MimirDeployment } from './deployment.ts';
import { grpcClient } from './tls.ts';

/**
 * Gossip. The name to join by stays the same however many units there are, so that none restarts because another came.
 * One unit joins nobody: a name that does not resolve would delay /ready by 22 s.
 */
export function memberlist(deployment: MimirDeployment): ConfigSection {
  const { factor, label, unitsHostname } = deployment.replication;
  return {
    memberlist: {
      bind_port: ports.gossip,
      cluster_label: label,
      join_members: factor === 1 ? undefined : [`dns+${unitsHostname}:${ports.gossip}`],
      // Pods that all come back with new addresses, or after a cut of the network, find one another again by it.
      rejoin_interval: factor === 1 ? undefined : '10s',
      // The default of 20s would leave little of a pod's grace period when units stop together.
      leave_timeout: '5s',
      ...gossipTls(deployment),
    },
  };
}

/** Here the certificate that is shown is read once, at the start (dskit: crypto/tls, GetTLSConfig), unlike on other ports. */
function gossipTls(deployment: MimirDeployment): ConfigSection {
  if (deployment.tls === undefined) return {};
  const { certificate, key } = mimirPaths(deployment).tlsFiles;
  return { ...grpcClient(deployment), tls_cert_path: certificate, tls_key_path: key };
}

import { ports } from '../ports.ts';
import type { ConfigSection } from './deployment.ts';

/** Gossip. One unit joins nobody: a name that does not resolve would delay /ready by 22 s. */
export function memberlist(): ConfigSection {
  return {
    // The default of 20s would leave little of a pod's grace period when units stop together.
    memberlist: { bind_port: ports.gossip, leave_timeout: '5s' },
  };
}

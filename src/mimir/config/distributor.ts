import type { ConfigSection, MimirDeployment } from './deployment.ts';

/**
 * The distributor, if it is to elect one of several senders that send the same. Which senders those are is told by labels
 * in the runtime configuration, and samples without those labels are taken as they are.
 */
export function distributor({ haTracker }: MimirDeployment): ConfigSection {
  if (!haTracker) return {};
  // Mimir's default only since 3.0.
  const kvstore = { store: 'memberlist' };
  return { distributor: { ha_tracker: { enable_ha_tracker: true, kvstore } } };
}

import type { MimirClient } from '../mimir/api.ts';
import type { JujuFacts } from './observe-juju.ts';
import type { Ports } from './ports.ts';
import type { Snapshot, Workload } from './snapshot.ts';

/** What the ruler holds, and the way by which it was asked. */
export interface RulerObservation {
  readonly client: MimirClient;
  readonly ruler: Snapshot['ruler'];
}

/**
 * Reads the ruler where this event may change it: on the leader, when senders were read. The unit's own Mimir is
 * asked if it is ready, else any other through the application's Service; with none ready it stays unobserved.
 */
export async function observeRuler(
  { mimir }: Ports,
  { leader, dying, senders, plannedUnits }: JujuFacts,
  workload: Workload,
): Promise<RulerObservation> {
  const ownReady = workload.reachable && workload.ready;
  const client = ownReady ? mimir.unit : mimir.application;
  const wanted = leader && !dying && senders !== 'unobserved';
  if (!wanted || (!ownReady && plannedUnits <= 1)) return { client, ruler: 'unobserved' };
  if (!ownReady && !(await client.ready()).ready) return { client, ruler: 'unobserved' };
  return { client, ruler: await client.ruleGroups() };
}

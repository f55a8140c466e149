import { keys, publish, publishEvent } from '../interfaces/otlp.ts';
import type { CharmState } from './charm-state.ts';
import type { PlannedBag } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** Plans the leader's bags of the relations to OTLP senders that were read: where to send, and what of their rules is wrong. */
export function planOtlpBags({ otlpSenders }: Snapshot, state: CharmState): readonly PlannedBag[] {
  const relations = otlpSenders === 'unobserved' ? [] : otlpSenders.relations;
  const [endpoints, event] = keys.providerApp;
  return relations.flatMap(({ id, appBag }): readonly PlannedBag[] => {
    if (appBag === 'unobserved') return [];
    const bag = { relationId: id, scope: 'app' } as const;
    const values = publish(`${state.addresses.external}/otlp`);
    const share = state.senderRules.find(({ relationId }) => relationId === id);
    // Rules that were not read say nothing of whether they are right.
    if (share === undefined) return [{ ...bag, owned: [endpoints], values }];
    return [{ ...bag, owned: [endpoints, event], values: { ...values, ...publishEvent(share.error) } }];
  });
}

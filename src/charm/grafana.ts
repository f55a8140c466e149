import { keys, publish, read } from '../interfaces/grafana-datasource.ts';
import type { CharmState } from './charm-state.ts';
import { traceSource } from './datasource-exchange.ts';
import type { PlannedBag } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** Plans our bags of the relations to Grafanas that were read: the data source, one for the whole application. */
export function planGrafanaBags(
  { identity, grafanas, datasourcePeers }: Snapshot,
  { addresses, exemplars }: Pick<CharmState, 'addresses' | 'exemplars'>,
): readonly PlannedBag[] {
  const relations = grafanas === 'unobserved' ? [] : grafanas.relations;
  const topology = {
    model: identity.model,
    modelUuid: identity.modelUuid,
    application: identity.application,
  };
  return relations.flatMap(({ id, appBag, remoteAppBag }): readonly PlannedBag[] => {
    // A reply that was not read says nothing of which library the other side has: leave the bags as they are.
    if (remoteAppBag === 'unobserved') return [];
    // A reply that cannot be read is one of a Grafana that we do not know: treat it like the oldest.
    const reply = read(remoteAppBag);
    const known = reply.ok ? reply.value : undefined;
    const traces = exemplars ? traceSource(datasourcePeers, known?.grafanaUid) : undefined;
    const { app, unit } = publish({ topology, applicationUrl: addresses.external, traces }, known);
    const unitBag: PlannedBag = { relationId: id, scope: 'unit', owned: keys.providerUnit, values: unit };
    // Links to traces that were not read this time must not go.
    if (appBag === 'unobserved' || (exemplars && datasourcePeers === 'unobserved')) return [unitBag];
    return [unitBag, { relationId: id, scope: 'app', owned: keys.providerApp, values: app }];
  });
}

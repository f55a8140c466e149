import { keys, publish, read } from '../interfaces/grafana-datasource.ts';
import { applicationUrl } from './addresses.ts';
import type { PlannedBag } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** Plans our bags of the relations to Grafanas that were read: the data source, one for the whole application. */
export function planGrafanaBags({ identity, grafanas }: Snapshot): readonly PlannedBag[] {
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
    const source = { topology, applicationUrl: applicationUrl(identity) };
    const { app, unit } = publish(source, reply.ok ? reply.value : undefined);
    const unitBag: PlannedBag = { relationId: id, scope: 'unit', owned: keys.providerUnit, values: unit };
    if (appBag === 'unobserved') return [unitBag];
    return [unitBag, { relationId: id, scope: 'app', owned: keys.providerApp, values: app }];
  });
}

import type { PublishedTopology } from '../interfaces/topology.ts';
import { charmName } from './declared.ts';
import type { UnitIdentity } from './snapshot.ts';

/** Whose metrics, logs and rules they are, as those are told that get them. */
export function topologyOf({ model, modelUuid, application }: UnitIdentity): PublishedTopology {
  return { model, modelUuid, application, charm: charmName };
}

/** A unit's place in Juju, by the labels that Juju's charms give to what comes of it. */
export function unitLabels({ unit, application, model, modelUuid }: UnitIdentity) {
  return {
    juju_application: application,
    juju_charm: charmName,
    juju_model: model,
    juju_model_uuid: modelUuid,
    juju_unit: unit,
  };
}

import {
  applicationOf,
  bagOf,
  isPeer,
  ownEnd,
  relationsOf,
  remoteApplication,
  unitOf,
} from '../model/access.ts';
import { effectiveConfig } from '../model/config.ts';
import type { Model, Relation, Unit } from '../model/records.ts';
import { remoteUnits } from '../model/scope.ts';
import { podName } from './world.ts';

/** What `juju show-unit --format=json` has below the unit's name; unlike Juju's it shows the own application's bag as well. */
export function unitView(model: Model, name: string): Record<string, unknown> {
  const unit = unitOf(model, name);
  const { charm, leader } = applicationOf(model, unit.application);
  return {
    ...{ charm: charm.name, leader: leader === name, life: unit.life, 'opened-ports': unit.ports },
    'relation-info': relationsOf(model, unit.application).map((relation) =>
      relationView(model, relation, unit),
    ),
    ...{ 'provider-id': podName(name), address: unit.address ?? '', state: unit.charmState },
  };
}

function relationView(model: Model, relation: Relation, unit: Unit): Record<string, unknown> {
  const remote = remoteApplication(relation, unit.application);
  const bag = (owner: string) => ({
    'in-scope': relation.scope.includes(owner),
    data: bagOf(relation, owner).values,
  });
  const others = remoteUnits(model, relation, unit.name);
  return {
    'relation-id': relation.id,
    endpoint: ownEnd(relation, unit.application).endpoint,
    'related-endpoint': isPeer(relation)
      ? ownEnd(relation, unit.application).endpoint
      : ownEnd(relation, remote).endpoint,
    'application-data': bagOf(relation, remote).values,
    'local-application-data': bagOf(relation, unit.application).values,
    'local-unit': bag(unit.name),
    'related-units': Object.fromEntries(others.map((other) => [other, bag(other)])),
  };
}

/** `juju config --format=json`. */
export function configView(model: Model, name: string): Record<string, unknown> {
  const application = applicationOf(model, name);
  const values = effectiveConfig(application);
  const settings: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(application.charm.options)) {
    const set = application.config[key] !== undefined;
    settings[key] = {
      ...(option.default != null && { default: option.default }),
      ...{ description: option.description, source: source(set, option.default), type: option.type },
      ...(values[key] !== undefined && { value: values[key] }),
    };
  }
  const trust = { trust: { default: false, source: 'user', type: 'bool', value: application.trust } };
  return { application: name, charm: application.charm.name, settings, 'application-config': trust };
}

function source(set: boolean, fallback: unknown): string {
  if (set) return 'user';
  return fallback == null ? 'unset' : 'default';
}

import {
  applicationName,
  applicationOf,
  bagOf,
  relationOf,
  relationsOf,
  remoteApplication,
  isPeer,
  unitOf,
  withAgent,
  withRelation,
  without,
} from './access.ts';
import type { AgentRelation, Model, Relation, Unit } from './records.ts';

/** What the agent knows of a relation before its relation-created. */
export const newAgentRelation: AgentRelation = {
  ...{ created: false, members: {}, applications: {}, changedPending: undefined },
};

/** Remote units in scope: of the other application, or the peers without the unit itself. */
export function remoteUnits(relation: Relation, unit: string): readonly string[] {
  const remote = remoteApplication(relation, applicationName(unit));
  return relation.scope.filter((name) => applicationName(name) === remote && name !== unit).sort();
}

/** Settings that Juju itself writes into a unit's bag (Juju: EnterScope). */
export function networkSettings(model: Model, unit: Unit): Record<string, string> {
  const ingress = applicationOf(model, unit.application).address ?? unit.address ?? '';
  return {
    'egress-subnets': ingress === '' ? '' : `${ingress}/32`,
    'ingress-address': ingress,
    'private-address': ingress,
  };
}

/** Lets an installed unit into the scope of all living relations it is not in yet (Juju: SynchronizeScopes). */
export function enterScopes(model: Model, name: string): Model {
  const unit = unitOf(model, name);
  if (!unit.agent.installed || unit.life !== 'alive') return model;
  const fresh = relationsOf(model, unit.application).filter(
    ({ life, id }) => life === 'alive' && unit.agent.relations[id] === undefined,
  );
  return fresh.reduce((current, { id, scope }) => {
    const known = withAgent(current, name, {
      relations: { ...unitOf(current, name).agent.relations, [id]: newAgentRelation },
    });
    const entered = withRelation(known, id, { scope: [...scope, name] });
    return writeBag(entered, id, { owner: name, values: networkSettings(model, unit) });
  }, model);
}

/** Takes a unit out of a relation; the relation goes with its last unit if it is dying. */
export function leaveScope(model: Model, id: number, name: string): Model {
  const { scope } = relationOf(model, id);
  const left = withRelation(model, id, { scope: scope.filter((unit) => unit !== name) });
  const relations = without(unitOf(left, name).agent.relations, id);
  return removeIfLeft(withAgent(left, name, { relations }), id);
}

/** Drops a dying relation that no unit is in. */
export function removeIfLeft(model: Model, id: number): Model {
  const relation = model.relations[id];
  if (relation?.life !== 'dying' || relation.scope.length > 0) return model;
  return { ...model, relations: without(model.relations, id) };
}

/** Merges settings into a bag; "" deletes; the version grows only if the content changed. */
export function writeBag(
  model: Model,
  id: number,
  change: { readonly owner: string; readonly values: Readonly<Record<string, string>> },
): Model {
  const relation = relationOf(model, id);
  const { values, version } = bagOf(relation, change.owner);
  const merged = Object.fromEntries(
    Object.entries({ ...values, ...change.values })
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  if (JSON.stringify(merged) === JSON.stringify(values)) return model;
  const own = ownVersion(model, relation, change.owner);
  const bags = { ...relation.bags, [change.owner]: { values: merged, version: version + 1 } };
  return own(withRelation(model, id, { bags }), version + 1);
}

/**
 * A peer application bag is told to the other units but not to the leader that wrote it: the leader's own agent
 * takes the new version as told.
 */
function ownVersion(
  model: Model,
  relation: Relation,
  owner: string,
): (model: Model, version: number) => Model {
  const leader = model.applications[owner]?.leader;
  if (!isPeer(relation) || leader === undefined) return (current) => current;
  return (current, version) => {
    const { relations } = unitOf(current, leader).agent;
    const known = relations[relation.id] ?? newAgentRelation;
    const told = { ...known, applications: { ...known.applications, [owner]: version } };
    return withAgent(current, leader, { relations: { ...relations, [relation.id]: told } });
  };
}

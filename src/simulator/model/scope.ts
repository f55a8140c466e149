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
import { JujuError } from './errors.ts';
import type { AgentRelation, Model, Relation, Unit } from './records.ts';
import { dropGrants } from './secrets.ts';

/** Juju: core/quota, the most that one bag may hold, in bytes. */
const quota = 16 * 1024 * 1024;

/** What the agent knows of a relation before its relation-created. */
export const newAgentRelation: AgentRelation = {
  ...{ created: false, members: {}, applications: {}, changedPending: undefined },
};

/**
 * Remote units that are there for a unit: of the other application, or the peers without the unit itself. One that
 * dies has gone for the others at once, and leaves the scope after its last hooks (Juju: PrepareLeaveScope).
 */
export function remoteUnits(model: Model, relation: Relation, unit: string): readonly string[] {
  const remote = remoteApplication(relation, applicationName(unit));
  return relation.scope
    .filter((name) => applicationName(name) === remote && name !== unit)
    .filter((name) => model.units[name]?.life === 'alive')
    .sort();
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

/**
 * What an agent does about its relations when it is free (Juju: SynchronizeScopes): an installed unit enters the scope
 * of all living ones that it is not in yet, and leaves, without a hook, dying ones whose relation-created never ran.
 */
export function syncScopes(model: Model, name: string): Model {
  const unit = unitOf(model, name);
  if (!isFree(unit) || !unit.agent.installed || unit.life !== 'alive') return model;
  const relations = relationsOf(model, unit.application);
  const fresh = relations.filter(({ life, id }) => life === 'alive' && !unit.agent.relations[id]);
  const unheard = relations.filter(({ life, id }) => life === 'dying' && isUnheard(unit, id));
  const left = unheard.reduce((current, { id }) => leaveScope(current, id, name), model);
  return fresh.reduce((current, { id }) => enterScope(current, id, unit), left);
}

/** An agent that runs something notices later. */
function isFree({ agent, agentStatus }: Unit): boolean {
  return agent.online && agentStatus.current !== 'executing';
}

function isUnheard({ agent }: Unit, id: number): boolean {
  const held = agent.held?.hook;
  const failed = held?.kind === 'relation' && held.relation === id;
  return agent.relations[id]?.created === false && !failed;
}

/** The bag begins anew, also for a unit that was in the relation before. */
function enterScope(model: Model, id: number, unit: Unit): Model {
  const { name } = unit;
  const { relations } = unitOf(model, name).agent;
  const known = withAgent(model, name, { relations: { ...relations, [id]: newAgentRelation } });
  const relation = relationOf(model, id);
  const { version } = bagOf(relation, name);
  const entered = withRelation(known, id, {
    scope: [...relation.scope, name],
    bags: { ...relation.bags, [name]: { values: {}, version } },
  });
  return writeBag(entered, id, { owner: name, values: networkSettings(model, unit) });
}

/** Takes a unit out of a relation; the relation goes with its last unit if it is dying. */
export function leaveScope(model: Model, id: number, name: string): Model {
  const { scope } = relationOf(model, id);
  const left = withRelation(model, id, { scope: scope.filter((unit) => unit !== name) });
  const relations = without(unitOf(left, name).agent.relations, id);
  return removeIfLeft(withAgent(left, name, { relations }), id);
}

/** Takes a unit that is no more out of all relations that it is still in. */
export function leaveScopes(model: Model, name: string): Model {
  return Object.values(model.relations)
    .filter(({ scope }) => scope.includes(name))
    .reduce((current, { id }) => leaveScope(current, id, name), model);
}

/** Drops a dying relation that no unit is in. */
export function removeIfLeft(model: Model, id: number): Model {
  const relation = model.relations[id];
  if (relation?.life !== 'dying' || relation.scope.length > 0) return model;
  return dropGrants({ ...model, relations: without(model.relations, id) }, id);
}

/** Merges settings into a bag; "" deletes; the version grows only if the content changed. Throws past Juju's quota. */
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
  if (sizeOf(merged) > quota) throw new JujuError(`settings of ${change.owner} exceed the quota`);
  const own = ownVersion(model, relation, change.owner);
  const bags = { ...relation.bags, [change.owner]: { values: merged, version: version + 1 } };
  return own(withRelation(model, id, { bags }), version + 1);
}

function sizeOf(values: Readonly<Record<string, string>>): number {
  return Object.entries(values)
    .flat()
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
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

import { JujuError } from './errors.ts';
import type { AgentState, Application, Databag, Model, Relation, RelationEnd, Unit } from './records.ts';

/** The application, or Juju's refusal. */
export function applicationOf(model: Model, name: string): Application {
  const found = model.applications[name];
  if (found === undefined) throw new JujuError(`application "${name}" not found`);
  return found;
}

/** The unit, or Juju's refusal. */
export function unitOf(model: Model, name: string): Unit {
  const found = model.units[name];
  if (found === undefined) throw new JujuError(`unit "${name}" not found`);
  return found;
}

/** The relation, or Juju's refusal. */
export function relationOf(model: Model, id: number): Relation {
  const found = model.relations[id];
  if (found === undefined) throw new JujuError('relation not found');
  return found;
}

/** Units of an application by ordinal. */
export function unitsOf(model: Model, application: string): readonly Unit[] {
  return Object.values(model.units)
    .filter((unit) => unit.application === application)
    .sort((a, b) => a.ordinal - b.ordinal);
}

/** Relations of an application by id. */
export function relationsOf(model: Model, application: string): readonly Relation[] {
  return Object.values(model.relations)
    .filter(({ ends }) => ends.some((end) => end.application === application))
    .sort((a, b) => a.id - b.id);
}

/** The end of a relation that an application is. */
export function ownEnd(relation: Relation, application: string): RelationEnd {
  const end = relation.ends.find((candidate) => candidate.application === application);
  if (end === undefined) throw new JujuError('relation not found');
  return end;
}

/** The application on the other side; of a peer relation, the application itself. */
export function remoteApplication(relation: Relation, application: string): string {
  return relation.ends.find((end) => end.application !== application)?.application ?? application;
}

/** Whether a relation is among an application's own units. */
export function isPeer(relation: Relation): boolean {
  return relation.ends.length === 1;
}

/** The application part of `app/0`. */
export function applicationName(unit: string): string {
  return unit.slice(0, unit.lastIndexOf('/'));
}

/** A bag's settings and version; a bag never written is empty. */
export function bagOf(relation: Relation, owner: string): Databag {
  return relation.bags[owner] ?? { values: {}, version: 0 };
}

/** The model with an application changed. */
export function withApplication(model: Model, name: string, patch: Partial<Application>): Model {
  const application = { ...applicationOf(model, name), ...patch };
  return { ...model, applications: { ...model.applications, [name]: application } };
}

/** The model with a unit changed. */
export function withUnit(model: Model, name: string, patch: Partial<Unit>): Model {
  return { ...model, units: { ...model.units, [name]: { ...unitOf(model, name), ...patch } } };
}

/** The model with a unit's agent changed. */
export function withAgent(model: Model, name: string, patch: Partial<AgentState>): Model {
  return withUnit(model, name, { agent: { ...unitOf(model, name).agent, ...patch } });
}

/** The model with a relation changed. */
export function withRelation(model: Model, id: number, patch: Partial<Relation>): Model {
  return {
    ...model,
    relations: { ...model.relations, [id]: { ...relationOf(model, id), ...patch } },
  };
}

/** A record without one key. */
export function without<Value>(
  table: Readonly<Record<string, Value>>,
  key: string | number,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(table).filter(([candidate]) => candidate !== String(key)));
}

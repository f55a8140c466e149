import {
  applicationName,
  applicationOf,
  bagOf,
  isPeer,
  ownEnd,
  relationsOf,
  remoteApplication,
} from './access.ts';
import type { Operation, RelationHook } from './operation.ts';
import type { AgentRelation, Model, Relation, Unit } from './records.ts';
import { remoteUnits } from './scope.ts';

/** The next relation-created: living relations in order of their ids, peers included. */
export function createdHook(model: Model, unit: Unit): Operation | undefined {
  if (unit.life !== 'alive') return undefined;
  const next = relationsOf(model, unit.application).find(
    ({ life, id }) => life === 'alive' && unit.agent.relations[id]?.created === false,
  );
  return next && relationHook({ relation: next, unit, phase: 'created' });
}

/**
 * The next hook of a relation but its created. Per relation, as Juju's relation resolver: the changed that follows
 * a joined, departed, broken, changed of the application, joined, changed of a unit; names sorted.
 */
export function nextRelationHook(model: Model, unit: Unit): Operation | undefined {
  for (const relation of relationsOf(model, unit.application)) {
    const known = unit.agent.relations[relation.id];
    const hook = known?.created === true ? hookOf({ model, unit, relation, known }) : undefined;
    if (hook !== undefined) return hook;
  }
  return undefined;
}

interface View {
  readonly model: Model;
  readonly unit: Unit;
  readonly relation: Relation;
  readonly known: AgentRelation;
}

function hookOf(view: View): RelationHook | undefined {
  const { model, unit, relation, known } = view;
  if (known.changedPending !== undefined) return changed(view, known.changedPending);
  const broken = unit.life === 'dying' || relation.life === 'dying';
  const present = broken ? [] : remoteUnits(model, relation, unit.name);
  const gone = Object.keys(known.members)
    .sort()
    .find((name) => !present.includes(name));
  if (gone !== undefined) return departed(view, gone);
  if (broken) return isPeer(relation) ? undefined : relationHook({ relation, unit, phase: 'broken' });
  return applicationChanged(view) ?? joined(view, present) ?? unitChanged(view, present);
}

function departed({ model, unit, relation }: View, name: string): RelationHook {
  const leaving = unit.life !== 'alive' || applicationOf(model, unit.application).life !== 'alive';
  return {
    ...relationHook({ relation, unit, phase: 'departed' }),
    remoteUnit: name,
    departingUnit: leaving ? unit.name : name,
  };
}

function applicationChanged({ unit, relation, known }: View): RelationHook | undefined {
  const remote = remoteApplication(relation, unit.application);
  const { version } = bagOf(relation, remote);
  if ((known.applications[remote] ?? 0) === version) return undefined;
  return { ...relationHook({ relation, unit, phase: 'changed' }), version };
}

function joined({ unit, relation, known }: View, present: readonly string[]): RelationHook | undefined {
  const name = present.find((candidate) => known.members[candidate] === undefined);
  if (name === undefined) return undefined;
  const { version } = bagOf(relation, name);
  return { ...relationHook({ relation, unit, phase: 'joined' }), remoteUnit: name, version };
}

function unitChanged(view: View, present: readonly string[]): RelationHook | undefined {
  const { relation, known } = view;
  const name = present.find((candidate) => known.members[candidate] !== bagOf(relation, candidate).version);
  return name === undefined ? undefined : changed(view, name);
}

function changed({ unit, relation }: View, name: string): RelationHook {
  const { version } = bagOf(relation, name);
  return { ...relationHook({ relation, unit, phase: 'changed' }), remoteUnit: name, version };
}

function relationHook(facts: {
  readonly relation: Relation;
  readonly unit: Unit;
  readonly phase: RelationHook['phase'];
}): RelationHook {
  const { relation, unit, phase } = facts;
  const { endpoint } = ownEnd(relation, applicationName(unit.name));
  return {
    ...{ kind: 'relation', name: `${endpoint}-relation-${phase}`, phase, endpoint },
    relation: relation.id,
    remoteApplication: remoteApplication(relation, unit.application),
  };
}

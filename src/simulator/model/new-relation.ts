import { relationsOf } from './access.ts';
import type { Application, Model, Relation } from './records.ts';

/** Adds a relation that no unit is in yet. */
export function addRelation(model: Model, facts: Pick<Relation, 'interface' | 'ends'>): Model {
  const id = model.nextRelation;
  const relation: Relation = { id, ...facts, life: 'alive', scope: [], bags: {} };
  return { ...model, nextRelation: id + 1, relations: { ...model.relations, [id]: relation } };
}

/** Adds the peer relations of an application's charm that it does not have yet. */
export function addPeers(model: Model, { name, charm }: Pick<Application, 'name' | 'charm'>): Model {
  const present = relationsOf(model, name).flatMap(({ ends }) => ends.map(({ endpoint }) => endpoint));
  return Object.values(charm.endpoints)
    .filter((endpoint) => endpoint.role === 'peer' && !present.includes(endpoint.name))
    .reduce(
      (current, endpoint) =>
        addRelation(current, {
          interface: endpoint.interface,
          ends: [{ application: name, endpoint: endpoint.name, role: 'peer' }],
        }),
      model,
    );
}

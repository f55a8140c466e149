import { applicationOf, unitsOf } from './access.ts';
import { newAgent } from './records.ts';
import type { Model, Unit } from './records.ts';
import { status } from './statuses.ts';

/** Adds the units that an application's scale wants and does not have; ordinals start at 0. */
export function addUnits(model: Model, application: string): Model {
  const { scale } = applicationOf(model, application);
  const present = unitsOf(model, application).map(({ ordinal }) => ordinal);
  return Array.from({ length: scale }, (_, ordinal) => ordinal)
    .filter((ordinal) => !present.includes(ordinal))
    .reduce((current, ordinal) => addUnit(current, application, ordinal), model);
}

function addUnit(model: Model, application: string, ordinal: number): Model {
  const { charm } = applicationOf(model, application);
  const name = `${application}/${ordinal}`;
  const storages = Object.keys(charm.storage).sort();
  const unit: Unit = {
    ...{ name, application, ordinal, life: 'alive', agent: newAgent, charmState: {}, ports: [] },
    workload: status(model, 'waiting', 'installing agent'),
    agentStatus: status(model, 'allocating'),
    storage: storages.map((storage, index) => `${storage}/${model.nextStorage + index}`),
    address: undefined,
  };
  return {
    ...model,
    nextStorage: model.nextStorage + storages.length,
    units: { ...model.units, [name]: unit },
  };
}

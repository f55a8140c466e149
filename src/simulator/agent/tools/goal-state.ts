import { applicationName, ownEnd, relationsOf, remoteApplication, unitsOf } from '../../model/access.ts';
import type { Model, Unit } from '../../model/records.ts';
import type { HookContext } from '../hook-context.ts';
import { atMost, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import type { Tool } from './tool.ts';

interface Goal {
  readonly status: string;
  readonly since: string;
}

const goalState: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, outputFlags);
  atMost(rest, 0);
  const model = context.port.model();
  const own = unitsOf(model, applicationName(context.unit));
  const goal = { units: goals(own), relations: relationGoals(model, context) };
  return print(goal, flags, { call, context, smart: 'yaml' });
};

function relationGoals(model: Model, { unit }: HookContext): Record<string, Record<string, Goal>> {
  const application = applicationName(unit);
  const table: Record<string, Record<string, Goal>> = {};
  for (const relation of relationsOf(model, application)) {
    const { endpoint } = ownEnd(relation, application);
    const remote = remoteApplication(relation, application);
    if (remote === application) continue;
    const joined = { status: relation.life === 'alive' ? 'joined' : 'dying', since: model.now };
    table[endpoint] = { ...table[endpoint], [remote]: joined, ...goals(unitsOf(model, remote)) };
  }
  return table;
}

function goals(units: readonly Unit[]): Record<string, Goal> {
  return Object.fromEntries(
    units.map(({ name, life, workload }) => [
      name,
      { status: life === 'alive' ? workload.current : 'dying', since: workload.since },
    ]),
  );
}

/** goal-state. */
export const goalTools: Readonly<Record<string, Tool>> = { 'goal-state': goalState };

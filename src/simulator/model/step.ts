import { actionParameters } from './action-parameters.ts';
import {
  applicationOf,
  relationOf,
  relationsOf,
  unitOf,
  unitsOf,
  withAgent,
  withApplication,
  withRelation,
  without,
  withUnit,
} from './access.ts';
import type { Charm } from './charm.ts';
import { checkReset, parseConfig } from './config.ts';
import { checkNewRelation, findRelation, resolveEndpoints } from './endpoints.ts';
import { JujuError } from './errors.ts';
import { skipFailed } from './finish.ts';
import { changeLeader } from './leadership.ts';
import { retry, unitGone } from './lifecycle.ts';
import type { ActionCall, ExecCall } from './operation.ts';
import { addPeers, addRelation } from './new-relation.ts';
import type { Application, Model } from './records.ts';
import { checkResources, refresh } from './refresh.ts';
import type { RefreshCommand } from './refresh.ts';
import { syncScopes, removeIfLeft } from './scope.ts';
import { parseStorage } from './storage-size.ts';
import { addUnits } from './units.ts';
import { changeUserSecret } from './user-secrets.ts';
import type { UserSecretCommand } from './user-secrets.ts';

/** What an administrator says to the model. */
export type ModelCommand =
  | {
      readonly command: 'deploy';
      readonly application: string;
      readonly charm: Charm;
      readonly units: number;
      readonly config: Readonly<Record<string, string>>;
      readonly resources: Readonly<Record<string, string>>;
      /** As written after `juju deploy --storage`, by storage. */
      readonly storage: Readonly<Record<string, string>>;
      readonly trust: boolean;
    }
  | { readonly command: 'integrate'; readonly endpoints: readonly [string, string] }
  | {
      readonly command: 'remove-relation';
      /** Two endpoints, or the relation's id alone. */
      readonly endpoints: readonly [string, string] | readonly [string];
    }
  | {
      readonly command: 'config';
      readonly application: string;
      readonly set: Readonly<Record<string, string>>;
      readonly reset: readonly string[];
    }
  | { readonly command: 'scale-application'; readonly application: string; readonly units: number }
  | { readonly command: 'remove-application'; readonly application: string }
  | {
      readonly command: 'run';
      readonly unit: string;
      readonly action: string;
      readonly parameters: Readonly<Record<string, unknown>>;
    }
  | { readonly command: 'exec'; readonly unit: string; readonly argv: readonly string[] }
  | { readonly command: 'set-leader'; readonly unit: string }
  | { readonly command: 'resolved'; readonly unit: string; readonly retry: boolean }
  | RefreshCommand
  | UserSecretCommand;

type Of<Word extends ModelCommand['command']> = Extract<ModelCommand, { command: Word }>;

/** Carries out a command, or throws Juju's refusal as a `JujuError`. */
export function step(model: Model, command: ModelCommand): Model {
  switch (command.command) {
    case 'deploy':
      return deploy(model, command);
    case 'integrate':
      return integrate(model, command.endpoints);
    case 'remove-relation':
      return removeRelation(model, findRelation(model, command.endpoints));
    case 'config':
      return configure(model, command);
    case 'scale-application':
      return scale(model, command);
    case 'remove-application':
      return removeApplication(model, command.application);
    case 'run':
      return queueAction(model, command);
    case 'exec':
      return queueCall(model, command.unit, (id) => ({
        kind: 'exec',
        id,
        name: 'run-commands',
        argv: command.argv,
      }));
    case 'set-leader':
      return changeLeader(model, unitOf(model, command.unit));
    case 'resolved':
      return resolved(model, command);
    case 'add-secret':
    case 'update-secret':
    case 'grant-secret':
      return changeUserSecret(model, command);
    case 'refresh':
      return refresh(model, command);
  }
}

function deploy(model: Model, command: Of<'deploy'>): Model {
  const { application: name, charm, units, resources, trust } = command;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$/.test(name)) {
    throw new JujuError(`invalid application name "${name}"`);
  }
  if (model.applications[name] !== undefined) {
    throw new JujuError(`cannot add application "${name}": application already exists`);
  }
  checkResources(charm, resources);
  const application: Application = {
    ...{
      name,
      charm,
      revision: 0,
      life: 'alive',
      config: parseConfig(charm, command.config),
      resources,
      storageSizes: parseStorage(charm, command.storage),
      trust,
    },
    ...{ scale: units, leader: undefined, status: undefined, version: '', address: undefined },
  };
  const deployed = { ...model, applications: { ...model.applications, [name]: application } };
  return addUnits(addPeers(deployed, application), name);
}

function integrate(model: Model, names: readonly [string, string]): Model {
  const pair = resolveEndpoints(model, names);
  checkNewRelation(model, pair);
  for (const { application } of pair.ends) {
    if (applicationOf(model, application).life !== 'alive') {
      throw new JujuError(`application "${application}" is not alive`);
    }
  }
  const related = addRelation(model, pair);
  return pair.ends
    .flatMap(({ application }) => unitsOf(related, application))
    .reduce((current, unit) => syncScopes(current, unit.name), related);
}

function removeRelation(model: Model, id: number): Model {
  const dying = removeIfLeft(withRelation(model, id, { life: 'dying' }), id);
  return relationOf(model, id).scope.reduce(syncScopes, dying);
}

function configure(model: Model, command: Of<'config'>): Model {
  const { charm, config } = applicationOf(model, command.application);
  checkReset(charm, command.reset);
  const set = { ...config, ...parseConfig(charm, command.set) };
  const kept = command.reset.reduce((current, name) => without(current, name), set);
  return withApplication(model, command.application, { config: kept });
}

function scale(model: Model, command: Of<'scale-application'>): Model {
  const { life } = applicationOf(model, command.application);
  if (life !== 'alive') throw new JujuError(`application "${command.application}" is not alive`);
  const scaled = withApplication(model, command.application, { scale: command.units });
  const leaving = unitsOf(scaled, command.application).filter(({ ordinal }) => ordinal >= command.units);
  return addUnits(
    leaving.reduce((current, unit) => destroyUnit(current, unit.name), scaled),
    command.application,
  );
}

function removeApplication(model: Model, name: string): Model {
  applicationOf(model, name);
  const dying = withApplication(model, name, { life: 'dying', scale: 0 });
  const units = unitsOf(dying, name);
  const cut = relationsOf(dying, name).reduce((current, { id }) => removeRelation(current, id), dying);
  const left = units.reduce((current, unit) => destroyUnit(current, unit.name), cut);
  return units.length > 0 ? left : { ...left, applications: without(left.applications, name) };
}

function destroyUnit(model: Model, name: string): Model {
  const { life, agent, agentStatus } = unitOf(model, name);
  if (life !== 'alive') return model;
  const dying = withUnit(model, name, { life: 'dying' });
  // An install that runs or has failed ends first.
  if (agent.installed || agent.held !== undefined || agentStatus.current === 'executing') return dying;
  const dead = withUnit(dying, name, { life: 'dead' });
  return agent.online ? dead : unitGone(dead, name);
}

function resolved(model: Model, command: Of<'resolved'>): Model {
  const { name, agent } = unitOf(model, command.unit);
  if (agent.held?.step !== 'failed') throw new JujuError(`unit "${name}" is not in an error state`);
  return command.retry ? retry(model, name) : skipFailed(model, name);
}

function queueAction(model: Model, command: Of<'run'>): Model {
  const unit = unitOf(model, command.unit);
  const spec = applicationOf(model, unit.application).charm.actions[command.action];
  if (spec === undefined) {
    throw new JujuError(`action "${command.action}" not defined on unit "${command.unit}"`);
  }
  const parameters = actionParameters(spec, command.parameters);
  return queueCall(model, unit.name, (id) => ({ kind: 'action', id, name: command.action, parameters }));
}

function queueCall(model: Model, unit: string, call: (id: string) => ActionCall | ExecCall): Model {
  const actions = [...unitOf(model, unit).agent.actions, call(String(model.nextAction))];
  return withAgent({ ...model, nextAction: model.nextAction + 1 }, unit, { actions });
}

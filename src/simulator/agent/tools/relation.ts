import { applicationName, ownEnd, relationsOf, remoteApplication } from '../../model/access.ts';
import type { Relation } from '../../model/records.ts';
import { bagKey } from '../hook-context.ts';
import type { HookContext } from '../hook-context.ts';
import { atMost, keyValues, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import { isLeader, members, readBag, relationHook, relationOfFlag } from './relation-scope.ts';
import { readSettings } from './stdin-file.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const relationIds: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, outputFlags);
  atMost(rest, 1);
  const endpoint = rest[0] ?? relationHook(context)?.endpoint;
  if (endpoint === undefined) throw new ToolFailure(2, 'no endpoint name specified');
  const application = applicationName(context.unit);
  const ids = relationsOf(context.port.model(), application)
    .filter((relation) => context.relations.has(relation.id) && !isBreaking(relation, context))
    .filter((relation) => ownEnd(relation, application).endpoint === endpoint)
    .map(({ id }) => `${endpoint}:${id}`)
    .sort();
  return print(ids, flags, { call, context });
};

function isBreaking({ id }: Relation, context: HookContext): boolean {
  const hook = relationHook(context);
  return hook?.phase === 'broken' && hook.relation === id;
}

const relationList: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['r|relation=', 'app', ...outputFlags]);
  atMost(rest, 0);
  const relation = relationOfFlag(flags, context);
  const remote = remoteApplication(relation, applicationName(context.unit));
  return print(flags['app'] === undefined ? members(relation, context) : remote, flags, { call, context });
};

const relationGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['r|relation=', 'app', ...outputFlags]);
  const relation = relationOfFlag(flags, context);
  atMost(rest, 2);
  const [key = '-', named] = rest;
  const owner = bagOwner({ named, app: flags['app'] !== undefined, relation, context });
  const settings = readBag(relation, owner, context);
  return print(key === '-' || key === '' ? settings : settings[key], flags, { call, context });
};

interface OwnerRequest {
  readonly named: string | undefined;
  readonly app: boolean;
  readonly relation: Relation;
  readonly context: HookContext;
}

function bagOwner({ named, app, relation, context }: OwnerRequest): string {
  const hook = relationHook(context);
  const own = hook?.relation === relation.id ? hook : undefined;
  return checkedOwner(named ?? (app ? own?.remoteApplication : own?.remoteUnit), app);
}

function checkedOwner(name: string | undefined, app: boolean): string {
  if (name === undefined || name === '') throw new ToolFailure(2, 'no unit or application specified');
  if (app) return name.includes('/') ? applicationName(name) : name;
  if (/^[a-z][a-z0-9-]*\/\d+$/.test(name)) return name;
  if (/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new ToolFailure(2, `expected unit name, got application name "${name}"`);
  }
  throw new ToolFailure(2, `invalid unit name "${name}"`);
}

const relationSet: Tool = async (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['r|relation=', 'app', 'file=', 'format=']);
  const relation = relationOfFlag(flags, context);
  const given = keyValues(rest);
  const file = flags['file'];
  const values = { ...(file === undefined ? {} : await readSettings(file, call, context)), ...given };
  const app = flags['app'] !== undefined;
  if (app && !isLeader(context)) throw new ToolFailure(1, 'cannot write relation settings');
  const owner = app ? applicationName(context.unit) : context.unit;
  const key = bagKey(relation.id, owner);
  const written = context.pending.bags.get(key)?.values;
  context.pending.bags.set(key, { relation: relation.id, owner, values: { ...written, ...values } });
  return '';
};

const relationModelGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['r|relation=', ...outputFlags]);
  atMost(rest, 0);
  relationOfFlag(flags, context);
  return print({ uuid: context.port.model().uuid }, flags, { call, context });
};

/** relation-ids, relation-list, relation-get, relation-set, relation-model-get. */
export const relationTools: Readonly<Record<string, Tool>> = {
  'relation-ids': relationIds,
  'relation-list': relationList,
  'relation-get': relationGet,
  'relation-set': relationSet,
  'relation-model-get': relationModelGet,
};

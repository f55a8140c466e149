import { applicationName, remoteApplication } from '../../model/access.ts';
import { contextUnit } from '../hook-context.ts';
import type { HookContext } from '../hook-context.ts';
import { atMost, parseArguments } from './arguments.ts';
import type { Flags } from './arguments.ts';
import { isLeader, relationOfFlag } from './relation-scope.ts';
import { secretReadTools } from './secret-read.ts';
import { newSecretId, secretFields, secretFlags, secretId } from './secret-values.ts';
import { keepChange, managedSecret } from './secret-view.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const secretAdd: Tool = async (call, context) => {
  const parsed = parseArguments(call.args, secretFlags);
  const fields = await secretFields(parsed, call, context);
  if (fields.content === undefined) throw new ToolFailure(2, 'missing secret value or filename');
  const ofUnit = parsed.flags['owner'] === 'unit';
  if (!ofUnit && !isLeader(context)) throw new ToolFailure(1, 'this unit is not the leader');
  const { name, application } = contextUnit(context);
  const id = newSecretId();
  keepChange(context, { kind: 'add', id, owner: ofUnit ? name : application, fields });
  return `secret:${id}\n`;
};

/** Whether there is such a secret shows at the hook's end (Juju: context.go UpdateSecret). */
const secretSet: Tool = async (call, context) => {
  const { flags, rest } = parseArguments(call.args, secretFlags);
  const id = firstId(rest);
  const fields = await secretFields({ flags, rest: rest.slice(1) }, call, context);
  const known = context.port.model().secrets[id];
  if (known?.owner === applicationName(context.unit) && !isLeader(context)) {
    throw new ToolFailure(1, 'this unit is not the leader');
  }
  keepChange(context, { kind: 'set', id, fields });
  return '';
};

const secretGrant: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['r|relation=', 'unit=']);
  const id = firstId(rest);
  atMost(rest, 1);
  const grant = relationGrant(flags, context);
  const { grants } = managedSecret(id, context);
  const mixed = grants.some(
    ({ relation, target }) => relation === grant.relation && applicationName(target) === grant.target,
  );
  if (mixed) {
    throw new ToolFailure(
      1,
      'any unit level grants need to be revoked before granting access to the corresponding application',
    );
  }
  keepChange(context, { kind: 'grant', id, grant });
  return '';
};

const secretRevoke: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['r|relation=', 'app=', 'unit=']);
  const id = firstId(rest);
  atMost(rest, 1);
  const { relation, app, unit } = flags;
  const target = app ?? unit;
  if (app !== undefined && unit !== undefined) {
    throw new ToolFailure(2, 'specify only one of application or unit');
  }
  if (relation !== undefined && app !== undefined) {
    throw new ToolFailure(2, 'do not specify both relation and app');
  }
  if (relation === undefined && target === undefined) {
    throw new ToolFailure(2, 'missing relation or application or unit');
  }
  const grant =
    relation === undefined ? { relation: undefined, target: target ?? '' } : relationGrant(flags, context);
  managedSecret(id, context);
  keepChange(context, { kind: 'revoke', id, grant });
  return '';
};

/** The other application of the relation, or the one unit of it that --unit names. */
function relationGrant(flags: Flags, context: HookContext) {
  const relation = relationOfFlag(flags, context);
  const application = remoteApplication(relation, applicationName(context.unit));
  const { unit } = flags;
  if (unit !== undefined && applicationName(unit) !== application) {
    throw new ToolFailure(2, `cannot specify unit "${unit}" in relation to application "${application}"`);
  }
  return { relation: relation.id, target: unit ?? application };
}

const secretRemove: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['revision=']);
  const id = firstId(rest);
  atMost(rest, 1);
  const { revision } = flags;
  if (revision !== undefined && !/^\d+$/.test(revision)) {
    throw new ToolFailure(2, `invalid value "${revision}" for option --revision: not a number`);
  }
  keepChange(context, { kind: 'remove', id, ...(revision !== undefined && { revision: Number(revision) }) });
  return '';
};

function firstId([uri]: readonly string[]): string {
  if (uri === undefined) throw new ToolFailure(2, 'missing secret URI');
  return secretId(uri);
}

/** All tools of secrets: those that read, and secret-add, -set, -grant, -revoke, -remove. */
export const secretTools: Readonly<Record<string, Tool>> = {
  ...secretReadTools,
  'secret-add': secretAdd,
  'secret-set': secretSet,
  'secret-grant': secretGrant,
  'secret-revoke': secretRevoke,
  'secret-remove': secretRemove,
};

import { atMost, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

/**
 * The simulated model holds no secrets: reads answer as Juju does for an unknown id, and what would make or change
 * one is refused.
 */
const secretGet: Tool = (call) => {
  const spec = ['label=', 'peek', 'refresh', ...outputFlags];
  const { flags, rest } = parseArguments(call.args, spec);
  const { label } = flags;
  if (flags['peek'] !== undefined && flags['refresh'] !== undefined) {
    throw new ToolFailure(2, 'specify one of --peek or --refresh but not both');
  }
  atMost(rest, 2);
  const [uri] = rest;
  if (uri !== undefined) throw new ToolFailure(1, `secret "${secretId(uri)}" not found`);
  if (label === undefined) throw new ToolFailure(2, 'require either a secret URI or label');
  throw new ToolFailure(1, `consumer label "${label}" not found`);
};

const secretInfoGet: Tool = (call) => {
  const { flags, rest } = parseArguments(call.args, ['label=', ...outputFlags]);
  const [uri] = rest;
  const name = uri === undefined ? flags['label'] : secretId(uri);
  if (name === undefined) throw new ToolFailure(2, 'require either a secret URI or label');
  throw new ToolFailure(1, `secret "${name}" not found`);
};

const secretIds: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, outputFlags);
  atMost(rest, 0);
  return print(undefined, flags, { call, context });
};

const refused: Tool = ({ name }) => {
  throw new ToolFailure(1, `cannot carry out ${name}: the simulator keeps no secrets`);
};

/** Juju: core/secrets, ParseURI: an xid of 20 characters, with or without the model. */
function secretId(uri: string): string {
  const id = /^(?:secret:(?:\/\/[^/]+\/)?)?([0-9a-v]{20})$/.exec(uri)?.[1];
  if (id === undefined) throw new ToolFailure(2, `secret URI "${uri}" not valid`);
  return id;
}

/** secret-get, secret-info-get, secret-ids, and the tools that change secrets. */
export const secretTools: Readonly<Record<string, Tool>> = {
  'secret-get': secretGet,
  'secret-info-get': secretInfoGet,
  'secret-ids': secretIds,
  'secret-add': refused,
  'secret-set': refused,
  'secret-grant': refused,
  'secret-revoke': refused,
  'secret-remove': refused,
};

import { applicationName, applicationOf } from '../../model/access.ts';
import { effectiveConfig } from '../../model/config.ts';
import { atMost, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import { isLeader } from './relation-scope.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const configGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['a|all', ...outputFlags]);
  atMost(rest, 1);
  const [key] = rest;
  if (key !== undefined && flags['all'] !== undefined) {
    throw new ToolFailure(2, `cannot use argument --all together with key "${key}"`);
  }
  const config = context.once(context.memory.config, 'config', () =>
    effectiveConfig(applicationOf(context.port.model(), applicationName(context.unit))),
  );
  if (key !== undefined) return print(config[key], flags, { call, context });
  const shown = Object.entries(config).filter(
    ([, value]) => flags['all'] !== undefined || value !== undefined,
  );
  const table = Object.fromEntries(shown.map(([name, value]) => [name, value ?? null]));
  return print(table, flags, { call, context });
};

const leader: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, outputFlags);
  atMost(rest, 0);
  return print(isLeader(context), flags, { call, context });
};

const credentialGet: Tool = () => {
  throw new ToolFailure(1, 'cannot access cloud credentials: credential-get on a "caas" model not supported');
};

/** config-get, is-leader, credential-get. */
export const configTools: Readonly<Record<string, Tool>> = {
  'config-get': configGet,
  'is-leader': leader,
  'credential-get': credentialGet,
};

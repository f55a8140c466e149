import { contextUnit } from '../hook-context.ts';
import type { HookContext } from '../hook-context.ts';
import { atMost, keyValues, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import { readSettings } from './stdin-file.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const stateGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['strict', ...outputFlags]);
  atMost(rest, 1);
  const [key = '-'] = rest;
  const state = stateOf(context);
  if (key === '-') return print(state, flags, { call, context });
  if (state[key] === undefined && flags['strict'] !== undefined)
    throw new ToolFailure(1, `"${key}" not found`);
  return print(state[key] ?? '', flags, { call, context });
};

const stateSet: Tool = async (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['file=']);
  const given = keyValues(rest);
  const file = flags['file'];
  const values = { ...(file === undefined ? {} : await readSettings(file, call, context)), ...given };
  for (const [key, value] of Object.entries(values)) {
    if (key.length > 256) throw new ToolFailure(1, 'max allowed key length (256) exceeded');
    if (value.length > 65_536) throw new ToolFailure(1, 'max allowed value length (65536) exceeded');
  }
  context.pending.charmState = { ...stateOf(context), ...values };
  return '';
};

const stateDelete: Tool = (call, context) => {
  const { rest } = parseArguments(call.args);
  atMost(rest, 1);
  const kept = Object.entries(stateOf(context)).filter(([key]) => key !== rest[0]);
  context.pending.charmState = Object.fromEntries(kept);
  return '';
};

function stateOf(context: HookContext): Readonly<Record<string, string>> {
  return context.pending.charmState ?? contextUnit(context).charmState;
}

/** state-get, state-set, state-delete. */
export const stateTools: Readonly<Record<string, Tool>> = {
  'state-get': stateGet,
  'state-set': stateSet,
  'state-delete': stateDelete,
};

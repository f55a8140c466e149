import { z } from 'zod';
import type { ActionCall } from '../../model/operation.ts';
import type { HookContext } from '../hook-context.ts';
import { atMost, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import type { Printable } from './output.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const branch = z.record(z.string(), z.unknown());
const printable: z.ZodType<Printable> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.undefined(),
  z.array(z.unknown()),
  branch,
]);

const actionGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, outputFlags);
  atMost(rest, 1);
  const { parameters } = actionOf(context);
  const path = rest[0]?.split('.') ?? [];
  const value = path.reduce<unknown>((current, key) => branch.safeParse(current).data?.[key], parameters);
  return print(printable.parse(value), flags, { call, context });
};

const reserved = ['stdout', 'stdout-encoding', 'stderr', 'stderr-encoding'];

const actionSet: Tool = (call, context) => {
  const { rest } = parseArguments(call.args);
  const settings = rest.map(parseSetting);
  actionOf(context);
  for (const { path, value } of settings) place(context.action.values, path, value);
  return '';
};

function parseSetting(argument: string) {
  const at = argument.indexOf('=');
  if (at < 1) throw new ToolFailure(2, `argument "${argument}" must be of the form key...=value`);
  const key = argument.slice(0, at);
  const path = key.split('.');
  const wrong = path.find((part) => !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(part));
  if (wrong !== undefined) {
    throw new ToolFailure(
      2,
      `key "${wrong}" must start and end with lowercase alphanumeric, and contain only lowercase alphanumeric, hyphens and periods`,
    );
  }
  if (reserved.includes(key)) throw new ToolFailure(2, `cannot set reserved action key "${key}"`);
  return { path, value: argument.slice(at + 1) };
}

function place(values: Record<string, unknown>, path: readonly string[], value: string): void {
  const [key = '', ...below] = path;
  if (below.length === 0) {
    values[key] = value;
    return;
  }
  const inner = { ...branch.safeParse(values[key]).data };
  place(inner, below, value);
  values[key] = inner;
}

const actionFail: Tool = (call, context) => {
  const { rest } = parseArguments(call.args);
  atMost(rest, 1);
  actionOf(context);
  context.action.failure = rest[0] ?? 'action failed without reason given, check action for errors';
  return '';
};

const actionLog: Tool = (call, context) => {
  const { rest } = parseArguments(call.args);
  if (rest.length === 0) throw new ToolFailure(2, 'no message specified');
  context.port.actionMessage(actionOf(context).id, rest.join(' '));
  return '';
};

function actionOf({ operation }: HookContext): ActionCall {
  if (operation.kind !== 'action') throw new ToolFailure(1, 'not running an action');
  return operation;
}

/** action-get, action-set, action-fail, action-log. */
export const actionTools: Readonly<Record<string, Tool>> = {
  'action-get': actionGet,
  'action-set': actionSet,
  'action-fail': actionFail,
  'action-log': actionLog,
};

import { applicationName, unitsOf, withApplication } from '../../model/access.ts';
import {
  applicationStatus,
  setApplicationStatus,
  setUnitStatus,
  settableStatuses,
  status,
} from '../../model/statuses.ts';
import { contextUnit } from '../hook-context.ts';
import type { HookContext } from '../hook-context.ts';
import { atMost, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import { isLeader, relationHook } from './relation-scope.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const statusSet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['application']);
  const [word, message = ''] = rest;
  if (word === undefined) throw new ToolFailure(2, 'invalid args, require <status> [message]');
  if (!settableStatuses.some((settable) => settable === word)) {
    throw new ToolFailure(2, `invalid status "${word}", expected one of [${settableStatuses.join(' ')}]`);
  }
  atMost(rest, 2);
  context.port.update((model) => {
    const value = status(model, word, message);
    if (flags['application'] === undefined) return setUnitStatus(model, context.unit, value);
    return setApplicationStatus(model, contextUnit(context), value);
  });
  return '';
};

const statusGet: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['application', 'include-data', ...outputFlags]);
  atMost(rest, 0);
  const withData = flags['include-data'] !== undefined;
  const shown = ({ current, message }: { current: string; message: string }) =>
    withData ? { status: current, message, 'status-data': {} } : { status: current };
  if (flags['application'] !== undefined)
    return print(ofApplication(context, shown), flags, { call, context });
  const own = context.once(context.memory.statuses, 'unit', () => contextUnit(context).workload);
  const wordOnly = !withData && (flags['format'] ?? 'smart') === 'smart';
  return print(wordOnly ? own.current : shown(own), flags, { call, context });
};

type Shown = (value: { current: string; message: string }) => Record<string, unknown>;

function ofApplication(context: HookContext, shown: Shown): Record<string, unknown> {
  if (!isLeader(context)) {
    throw new ToolFailure(1, 'finding application status: this unit is not the leader');
  }
  const model = context.port.model();
  const application = applicationName(context.unit);
  const units: Record<string, unknown> = {};
  for (const unit of unitsOf(model, application)) units[unit.name] = shown(unit.workload);
  return {
    'application-status': {
      ...shown(applicationStatus(model, application)),
      units,
    },
  };
}

const versionSet: Tool = (call, context) => {
  const { rest } = parseArguments(call.args);
  const [version] = rest;
  if (version === undefined) throw new ToolFailure(2, 'no version specified');
  atMost(rest, 1);
  context.port.update((model) => withApplication(model, applicationName(context.unit), { version }));
  return '';
};

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];

const jujuLog: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['l|log-level=', 'debug', 'format=']);
  if (rest.length === 0) throw new ToolFailure(2, 'no message specified');
  const asked = (flags['debug'] === undefined ? (flags['log-level'] ?? 'INFO') : 'DEBUG').toUpperCase();
  const known = levels.includes(asked);
  const line = { unit: context.unit, module: 'juju-log' };
  if (!known) {
    const message = `Specified log level of "${asked}" is not valid`;
    context.port.log({ ...line, level: 'WARNING', message });
  }
  const hook = relationHook(context);
  const prefix = hook === undefined ? '' : `${hook.endpoint}:${hook.relation}: `;
  context.port.log({ ...line, level: known ? asked : 'INFO', message: `${prefix}${rest.join(' ')}` });
  return '';
};

/** status-set, status-get, application-version-set, juju-log. */
export const statusTools: Readonly<Record<string, Tool>> = {
  'status-set': statusSet,
  'status-get': statusGet,
  'application-version-set': versionSet,
  'juju-log': jujuLog,
};

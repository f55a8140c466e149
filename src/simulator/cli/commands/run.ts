import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { argument, keyValues } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { dataFormat, formatData } from '../format.ts';
import { showLines, showTask, taskResult, unitTag, type TaskResult } from '../present.ts';
import { actionParameters, readParameters } from '../action-parameters.ts';
import { namedUnit } from '../named-unit.ts';

const options = {
  format: { type: 'string' },
  params: { type: 'string' },
} as const;

/** `juju-sim run`. */
export const run: Command = {
  name: 'run',
  usage: 'run UNIT ACTION [KEY=VALUE…] [--params FILE] [--format json|yaml]',
  summary: 'Runs an action on a unit, waits for it, and prints its results.',
  details:
    'KEY may be a.b.c for a map. VALUE is read as YAML, and goes before what FILE, a YAML map, says. UNIT may be ' +
    'APPLICATION/leader. --wait is accepted: every action is waited for.',
  async run(args, context) {
    const { values, positionals } = parseArgs({ args: withoutWait(args), options, allowPositionals: true });
    const format = values.format === undefined ? undefined : dataFormat(values.format);
    const { unit, task } = await perform(positionals, values.params, context);
    if (format === undefined) showTask(task, context);
    else context.stdout(formatData({ [unit]: task }, format));
    return conclude(task, context);
  },
};

/** `juju-sim run-action`, the spelling of Juju 2.9. */
export const runAction: Command = {
  name: 'run-action',
  usage: 'run-action UNIT ACTION [KEY=VALUE…] --wait',
  summary: 'Runs an action as Juju 2.9 spells it; prints the whole task.',
  async run(args, context) {
    const { values, positionals } = parseArgs({ args: withoutWait(args), options, allowPositionals: true });
    const { unit, task } = await perform(positionals, values.params, context);
    context.stdout(formatData({ [unitTag(unit)]: { UnitId: unit, ...task } }, 'yaml'));
    return conclude(task, context);
  },
};

async function perform(
  positionals: readonly string[],
  file: string | undefined,
  context: CommandContext,
): Promise<{ readonly unit: string; readonly task: TaskResult }> {
  const named = argument(positionals, 0, 'unit');
  const action = argument(positionals, 1, 'action');
  const written = file === undefined ? {} : readParameters(resolve(context.workingFolder, file));
  const parameters = actionParameters(keyValues(positionals.slice(2)), written);
  const unit = await namedUnit(named, context);
  const call = { command: 'run', unit, action, parameters } as const;
  return { unit, task: taskResult.parse(await context.client.request(call, showLines(context))) };
}

/** An action that failed is an error of the command, as in Juju. */
function conclude({ id, status, message, results }: TaskResult, { stderr }: CommandContext): number {
  if (status === 'completed') return 0;
  const code = results['return-code'];
  const detail = message === undefined || message === '' ? '' : `: ${message}`;
  stderr(
    `ERROR the following task failed:\n - id "${id}" with return code ${code?.toString() ?? 'unknown'}${detail}\n`,
  );
  return 1;
}

/** `--wait` has an optional value in Juju (`--wait`, `--wait=2m`), which `parseArgs` does not know. */
function withoutWait(args: readonly string[]): string[] {
  return args.filter((each) => !/^--wait(=|$)/.test(each));
}

import { parseArgs } from 'node:util';
import { z } from 'zod';
import { argument, atMost, optionValues, unitCount } from '../arguments.ts';
import { CommandError, UsageError, type Command } from '../command.ts';
import { dataFormat, formatData } from '../format.ts';

/** What the daemon answers to `config`: Juju's `juju config --format=json`. */
const applicationConfig = z.looseObject({
  settings: z.record(
    z.string(),
    z.looseObject({ value: z.union([z.string(), z.number(), z.boolean()]).nullish() }),
  ),
});

function endpoints(args: readonly string[]): [string, string] {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  if (positionals.length !== 2) throw new UsageError('an integration must involve two applications');
  return [argument(positionals, 0, 'application'), argument(positionals, 1, 'application')];
}

/** `juju-sim integrate`. */
export const integrate: Command = {
  name: 'integrate',
  aliases: ['relate', 'add-relation'],
  usage: 'integrate APPLICATION[:ENDPOINT] APPLICATION[:ENDPOINT]',
  summary: 'Integrates two applications.',
  async run(args, { client }) {
    await client.request({ command: 'integrate', endpoints: endpoints(args) });
    return 0;
  },
};

/** `juju-sim remove-relation`. */
export const removeRelation: Command = {
  name: 'remove-relation',
  usage: 'remove-relation APPLICATION[:ENDPOINT] APPLICATION[:ENDPOINT] | remove-relation ID',
  summary: 'Removes the integration of two applications.',
  async run(args, { client }) {
    const [only, ...more] = args;
    const byId = only !== undefined && more.length === 0 && /^\d+$/.test(only);
    await client.request({ command: 'remove-relation', endpoints: byId ? [only] : endpoints(args) });
    return 0;
  },
};

/** `juju-sim config`. */
export const config: Command = {
  name: 'config',
  usage: 'config APPLICATION [KEY | KEY=VALUE…] [--reset KEY[,KEY]] [--format yaml|json]',
  summary: 'Shows, sets or resets options of an application.',
  details: 'KEY=@FILE reads the value from a file. With one KEY, prints its value alone.',
  async run(args, { client, stdout, workingFolder }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        reset: { type: 'string', multiple: true, default: [] },
        format: { type: 'string', default: 'yaml' },
      },
      allowPositionals: true,
    });
    const [application, ...rest] = [argument(positionals, 0, 'application name'), ...positionals.slice(1)];
    const format = dataFormat(values.format);
    const reset = values.reset.flatMap((keys) => keys.split(','));
    const [only, ...more] = rest;
    if (only !== undefined && more.length === 0 && !only.includes('=')) {
      const { settings } = applicationConfig.parse(await client.request({ command: 'config', application }));
      const setting = settings[only];
      if (setting === undefined)
        throw new CommandError(`key "${only}" not found in "${application}" settings.`);
      stdout(`${String(setting.value ?? '')}\n`);
      return 0;
    }
    const set = optionValues(rest, workingFolder);
    const settings = await client.request({ command: 'config', application, set, reset });
    if (rest.length === 0 && reset.length === 0) stdout(formatData(settings, format));
    return 0;
  },
};

/** `juju-sim scale-application`. */
export const scaleApplication: Command = {
  name: 'scale-application',
  usage: 'scale-application APPLICATION UNITS',
  summary: 'Sets the number of units of an application.',
  async run(args, { client, stderr }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
    atMost(positionals, 2);
    const application = argument(positionals, 0, 'application');
    const units = unitCount(argument(positionals, 1, 'scale'));
    await client.request({ command: 'scale-application', application, units });
    stderr(`${application} scaled to ${units} units\n`);
    return 0;
  },
};

/** `juju-sim remove-application`. */
export const removeApplication: Command = {
  name: 'remove-application',
  usage: 'remove-application APPLICATION…',
  summary: 'Removes applications with their units.',
  async run(args, { client, stderr }) {
    const { positionals } = parseArgs({
      args: [...args],
      options: { 'no-prompt': { type: 'boolean' } },
      allowPositionals: true,
    });
    argument(positionals, 0, 'application');
    for (const application of positionals) {
      await client.request({ command: 'remove-application', application });
      stderr(`will remove application ${application}\n`);
    }
    return 0;
  },
};

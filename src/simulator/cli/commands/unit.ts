import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { argument, atMost, keyValues, splitCommand } from '../arguments.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { namedUnit } from '../named-unit.ts';
import { showLines } from '../present.ts';

/** What the daemon answers to `exec`. */
const commandEnd = z.looseObject({ code: z.int(), signal: z.string().optional() });

const containerOption = { container: { type: 'string', default: 'charm' } } as const;

async function executeIn(unit: string, container: string, rest: { argv: string[]; context: CommandContext }) {
  const { argv, context } = rest;
  if (argv.length === 0) throw new UsageError('no commands specified');
  const call = { command: 'exec', unit, container, argv } as const;
  const { code, signal } = commandEnd.parse(await context.client.request(call, showLines(context)));
  // A shell's own way to say that a command was killed; -1 is one that could not be run at all.
  const bySignal = Object.entries(constants.signals).find(([name]) => name === signal);
  if (bySignal !== undefined) return 128 + bySignal[1];
  return code < 0 ? 127 : code;
}

/** `juju-sim exec`. */
export const exec: Command = {
  name: 'exec',
  holdsCommand: true,
  usage: 'exec --unit UNIT [--container CONTAINER] -- COMMAND [ARGUMENT…]',
  summary: 'Runs a command in a container of a unit: in `charm`, with hook tools, if none is named.',
  details:
    'In `charm` the words are one line for a shell, as in Juju: quote it to keep them together. UNIT may be APPLICATION/leader.',
  async run(args, context) {
    const options = { unit: { type: 'string', short: 'u' }, ...containerOption } as const;
    const { own, rest } = splitCommand(args, options);
    const { values } = parseArgs({ args: own, options });
    if (values.unit === undefined) throw new UsageError('You must specify a target, --unit');
    const unit = await namedUnit(values.unit, context);
    const argv = values.container === 'charm' && rest.length > 0 ? shellCommand(rest) : rest;
    return executeIn(unit, values.container, { argv, context });
  },
};

/** Juju joins the words with blanks and gives them to bash: what is one word to the caller may be several there. */
function shellCommand(words: readonly string[]): string[] {
  const shell = 'if [ -x /bin/bash ]; then exec /bin/bash -c "$1"; else exec /bin/sh -c "$1"; fi';
  return ['/bin/sh', '-c', shell, 'sh', words.join(' ')];
}

/** `juju-sim ssh`. */
export const ssh: Command = {
  name: 'ssh',
  holdsCommand: true,
  usage: 'ssh [--container CONTAINER] UNIT COMMAND [ARGUMENT…]',
  summary: 'Runs a command in a container of a unit, as exec does; there is no login.',
  async run(args, context) {
    const { own, rest } = splitCommand(args, containerOption, 1);
    const { values, positionals } = parseArgs({
      args: own,
      options: containerOption,
      allowPositionals: true,
    });
    return executeIn(argument(positionals, 0, 'unit'), values.container, { argv: rest, context });
  },
};

/** `juju-sim resolved`. */
export const resolved: Command = {
  name: 'resolved',
  usage: 'resolved UNIT [--no-retry]',
  summary: 'Runs a failed hook of a unit again now, or with --no-retry goes on as if it had succeeded.',
  async run(args, { client }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { 'no-retry': { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    atMost(positionals, 1);
    const unit = argument(positionals, 0, 'unit');
    await client.request({ command: 'resolved', unit, retry: !values['no-retry'] });
    return 0;
  },
};

/** `juju-sim set-leader`. */
export const setLeader: Command = {
  name: 'set-leader',
  usage: 'set-leader UNIT',
  summary: 'Makes a unit the leader of its application, even in the middle of a hook.',
  details: "Juju has no such command: there a leader changes when the old one's agent is away for a minute.",
  async run(args, { client }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
    atMost(positionals, 1);
    await client.request({ command: 'set-leader', unit: argument(positionals, 0, 'unit') });
    return 0;
  },
};

/** `juju-sim fire`. */
export const fire: Command = {
  name: 'fire',
  usage: 'fire UNIT HOOK [VARIABLE=VALUE…]',
  summary: 'Runs one hook of a unit now, such as update-status; variables are added to its environment.',
  async run(args, { client }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
    const unit = argument(positionals, 0, 'unit');
    const hook = argument(positionals, 1, 'hook');
    await client.request({ command: 'fire', unit, hook, environment: keyValues(positionals.slice(2)) });
    return 0;
  },
};

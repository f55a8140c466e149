import { parseArgs } from 'node:util';
import { z } from 'zod';
import { argument, atMost, optionValues } from '../arguments.ts';
import { UsageError, type Command } from '../command.ts';

/** A secret's name or URI, and its texts: `key=value`, or `key#file=PATH` for a file's content. */
function nameAndContent(args: readonly string[], workingFolder: string) {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const secret = argument(positionals, 0, 'secret name');
  const texts = positionals.slice(1).map((text) => text.replace(/^([^=#]*)#file=/, '$1=@'));
  if (texts.length === 0) throw new UsageError('missing secret value or filename');
  return { secret, content: optionValues(texts, workingFolder) };
}

/** `juju-sim add-secret`. */
export const addSecret: Command = {
  name: 'add-secret',
  usage: 'add-secret NAME KEY=VALUE… | KEY#file=PATH…',
  summary: 'Keeps a secret of yours in the model and prints its URI, which an option of type secret takes.',
  details: 'No charm can read it before grant-secret.',
  async run(args, { client, stdout, workingFolder }) {
    const { secret: name, content } = nameAndContent(args, workingFolder);
    stdout(`${z.string().parse(await client.request({ command: 'add-secret', name, content }))}\n`);
    return 0;
  },
};

/** `juju-sim update-secret`. */
export const updateSecret: Command = {
  name: 'update-secret',
  usage: 'update-secret NAME|URI KEY=VALUE… | KEY#file=PATH…',
  summary: 'Gives a secret of yours a new revision; the charms that have read it are told.',
  async run(args, { client, workingFolder }) {
    await client.request({ command: 'update-secret', ...nameAndContent(args, workingFolder) });
    return 0;
  },
};

/** `juju-sim grant-secret`. */
export const grantSecret: Command = {
  name: 'grant-secret',
  usage: 'grant-secret NAME|URI APPLICATION[,APPLICATION…]',
  summary: 'Lets applications read a secret of yours.',
  async run(args, { client }) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
    atMost(positionals, 2);
    const secret = argument(positionals, 0, 'secret name');
    const applications = argument(positionals, 1, 'application').split(',');
    await client.request({ command: 'grant-secret', secret, applications });
    return 0;
  },
};

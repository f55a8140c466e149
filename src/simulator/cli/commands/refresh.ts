import { parseArgs } from 'node:util';
import { z } from 'zod';
import { argument, atMost, keyValues } from '../arguments.ts';
import { findCharm } from '../charm-source.ts';
import { UsageError, type Command } from '../command.ts';

/** What the daemon answers to `refresh`. */
const refreshed = z.object({ charm: z.string(), revision: z.int() });

/** `juju-sim refresh`: another charm, other resources, or both. */
export const refresh: Command = {
  name: 'refresh',
  usage: 'refresh APPLICATION [--path CHARM] [--resource NAME=IMAGE]…',
  summary: 'Gives an application another charm or another image; its pods are replaced one by one.',
  details:
    'CHARM is written as for deploy. The highest unit comes first, and each waits until those are ready.',
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        path: { type: 'string' },
        resource: { type: 'string', multiple: true, default: [] },
      },
      allowPositionals: true,
    });
    atMost(positionals, 1);
    const application = argument(positionals, 0, 'application');
    const resources = keyValues(values.resource);
    if (values.path === undefined && values.resource.length === 0) {
      throw new UsageError('nothing to refresh with: name --path or --resource');
    }
    const source = values.path === undefined ? undefined : await findCharm(values.path, context);
    const call = { command: 'refresh', application, resources } as const;
    const answer = await context.client.request(source ? { ...call, charm: source.charm } : call);
    const { charm, revision } = refreshed.parse(answer);
    context.stderr(`Refreshing "${application}" to charm "${charm}", revision ${revision}\n`);
    return 0;
  },
};

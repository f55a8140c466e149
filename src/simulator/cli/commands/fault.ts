import { parseArgs } from 'node:util';
import type { ControlCall } from '../../client.ts';
import { argument, atMost, durationMs } from '../arguments.ts';
import { UsageError, type Command } from '../command.ts';

/** `juju-sim kill`. */
export const kill: Command = {
  name: 'kill',
  usage:
    'kill UNIT process CONTAINER NAME [--signal SIGNAL] | container CONTAINER | pod | node [--away TIME] | ' +
    'dispatch CALL [--hook HOOK]',
  summary:
    'Kills a process, a container, the pod, its node, or the next dispatch at its CALL-th hook-tool call.',
  details:
    'process sends SIGKILL if no signal is named; pod stops as `kubectl delete pod` does, SIGTERM first; node loses the ' +
    'pod without a signal, and starts it elsewhere after TIME, such as 20s.',
  async run(args, { client }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        signal: { type: 'string', default: 'SIGKILL' },
        hook: { type: 'string' },
        away: { type: 'string' },
      },
      allowPositionals: true,
    });
    const unit = argument(positionals, 0, 'unit');
    const target = killTarget(positionals.slice(1), values);
    await client.request({ command: 'kill', unit, target });
    return 0;
  },
};

/** `juju-sim cut-network`. */
export const cutNetwork = networkCommand(
  'cut-network',
  "Drops every packet from and to a unit's pod, as when its node is cut off; its agent goes on.",
);

/** `juju-sim mend-network`. */
export const mendNetwork = networkCommand('mend-network', 'Lets the packets of a unit through again.');

type KillTarget = Extract<ControlCall, { command: 'kill' }>['target'];

function killTarget(
  words: readonly string[],
  { signal, hook, away }: { signal: string; hook?: string; away?: string },
): KillTarget {
  const kind = argument(words, 0, 'target (process, container, pod, node or dispatch)');
  switch (kind) {
    case 'process': {
      atMost(words, 3);
      return {
        kind,
        container: argument(words, 1, 'container'),
        name: argument(words, 2, 'process'),
        signal,
      };
    }
    case 'container': {
      atMost(words, 2);
      return { kind, container: argument(words, 1, 'container') };
    }
    case 'pod': {
      atMost(words, 1);
      return { kind };
    }
    case 'node': {
      atMost(words, 1);
      return { kind, ...(away === undefined ? {} : { awayMs: durationMs(away) }) };
    }
    case 'dispatch': {
      atMost(words, 2);
      const call = Number(argument(words, 1, 'call'));
      if (!Number.isInteger(call) || call < 1) throw new UsageError('the call to kill at is a number from 1');
      return { kind, call, ...(hook === undefined ? {} : { hook }) };
    }
    default:
      throw new UsageError(`cannot kill a "${kind}": there are process, container, pod, node and dispatch`);
  }
}

function networkCommand(name: 'cut-network' | 'mend-network', summary: string): Command {
  return {
    name,
    usage: `${name} UNIT`,
    summary,
    async run(args, { client }) {
      const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
      atMost(positionals, 1);
      await client.request({ command: name, unit: argument(positionals, 0, 'unit') });
      return 0;
    },
  };
}

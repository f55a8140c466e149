import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { argument, atMost, durationMs } from '../arguments.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { dataFormat, formatData } from '../format.ts';
import { showLines } from '../present.ts';
import { jujuStatus } from '../status-schema.ts';
import { formatStatusTable } from '../status-table.ts';

/** Clears the terminal and puts the cursor into its first line (ECMA-48: ED, CUP). */
const clearScreen = '\u001b[2J\u001b[H';

/** `juju-sim status`. */
export const status: Command = {
  name: 'status',
  usage: 'status [--format tabular|json|yaml] [--relations] [--watch[=INTERVAL]]',
  summary: 'Shows applications and units.',
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: withInterval(args),
      options: {
        format: { type: 'string', default: 'tabular' },
        relations: { type: 'boolean', default: false },
        integrations: { type: 'boolean', default: false },
        watch: { type: 'string' },
      },
      allowPositionals: true,
    });
    atMost(positionals, 0);
    const relations = values.relations || values.integrations;
    const show = async () =>
      statusText(await context.client.request({ command: 'status' }), values.format, relations);
    if (values.watch === undefined) context.stdout(await show());
    else await watch(show, durationMs(values.watch), context);
    return 0;
  },
};

function statusText(answer: unknown, format: string, relations: boolean): string {
  if (format === 'tabular') return formatStatusTable(jujuStatus.parse(answer), { relations });
  return formatData(answer, dataFormat(format));
}

async function watch(
  show: () => Promise<string>,
  intervalMs: number,
  context: CommandContext,
): Promise<void> {
  while (!context.interrupted.aborted) {
    context.stdout(clearScreen + (await show()));
    await sleep(intervalMs, undefined, { signal: context.interrupted }).catch(() => undefined);
  }
}

/** `--watch` may stand without its interval, which `parseArgs` does not know. */
function withInterval(args: readonly string[]): string[] {
  return args.flatMap((each, index) =>
    each === '--watch' && !/^\d/.test(args[index + 1] ?? '') ? ['--watch', '2s'] : [each],
  );
}

/** `juju-sim show-unit`. */
export const showUnit: Command = {
  name: 'show-unit',
  usage: 'show-unit UNIT [--format yaml|json]',
  summary: "Shows a unit with its relations' databags.",
  async run(args, { client, stdout }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { format: { type: 'string', default: 'yaml' } },
      allowPositionals: true,
    });
    const format = dataFormat(values.format);
    atMost(positionals, 1);
    const unit = argument(positionals, 0, 'unit');
    stdout(formatData(await client.request({ command: 'show-unit', unit }), format));
    return 0;
  },
};

/** `juju-sim debug-log`. */
export const debugLog: Command = {
  name: 'debug-log',
  usage: 'debug-log [--replay] [-n LINES] [--tail] [--include UNIT]',
  summary: 'Shows the log: its last lines (10), or all of it, and with --tail what follows.',
  async run(args, context) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        replay: { type: 'boolean', default: false },
        lines: { type: 'string', short: 'n', default: '10' },
        tail: { type: 'boolean', default: false },
        'no-tail': { type: 'boolean', default: false },
        include: { type: 'string' },
      },
    });
    if (!/^\d+$/.test(values.lines)) throw new UsageError(`invalid number of lines "${values.lines}"`);
    const { include } = values;
    const filter = include === undefined ? {} : { include };
    const past: string[] = [];
    await context.client.request({ command: 'debug-log', ...filter }, (line) => {
      if (line.kind === 'log') past.push(line.line);
    });
    const from = values.replay ? 0 : Math.max(0, past.length - Number(values.lines));
    for (const line of past.slice(from)) context.stdout(`${line}\n`);
    if (values.tail && !values['no-tail']) await follow(filter, past.length, context);
    return 0;
  },
};

/** Follows the log, which the daemon sends from its beginning, after the `seen` lines that were shown or left out. */
async function follow(filter: { include?: string }, seen: number, context: CommandContext): Promise<void> {
  const show = showLines(context);
  let received = 0;
  const call = { command: 'debug-log', follow: true, ...filter } as const;
  await context.client.request(
    call,
    (line) => {
      received += 1;
      if (received > seen) show(line);
    },
    context.interrupted,
  );
}

/** `juju-sim wait-for-idle`. */
export const waitForIdle: Command = {
  name: 'wait-for-idle',
  usage: 'wait-for-idle [--timeout DURATION]',
  summary: 'Waits until nothing is queued or running and readiness has settled (1m at most by default).',
  async run(args, { client }) {
    const { values } = parseArgs({
      args: [...args],
      options: { timeout: { type: 'string', default: '1m' } },
    });
    await client.request({ command: 'wait-idle', timeoutMs: durationMs(values.timeout) });
    return 0;
  },
};

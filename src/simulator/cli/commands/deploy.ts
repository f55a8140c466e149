import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { argument, atMost, keyValues, optionValues, parseForward, unitCount } from '../arguments.ts';
import { findCharm } from '../charm-source.ts';
import type { Command } from '../command.ts';

const options = {
  'num-units': { type: 'string', short: 'n', default: '1' },
  config: { type: 'string', multiple: true, default: [] },
  resource: { type: 'string', multiple: true, default: [] },
  storage: { type: 'string', multiple: true, default: [] },
  trust: { type: 'boolean', default: false },
  channel: { type: 'string' },
} satisfies ParseArgsOptionsConfig;

/** `juju-sim deploy`: starts the simulator if need be, and deploys a charm. */
export const deploy: Command = {
  name: 'deploy',
  usage:
    'deploy CHARM [APPLICATION] [-n UNITS] [--config KEY=VALUE]… [--resource NAME=IMAGE]… [--storage NAME=SIZE]… [--trust]',
  summary: 'Deploys a charm: ./folder, ./file.charm, or the name of a stand-in.',
  details:
    '--config KEY=@FILE reads the value from a file. --channel is accepted, and means nothing here.\n' +
    '--storage data=64M limits the size of a storage; without it, it is as large as the disk.\n' +
    'Stand-ins answer to the names of the charms that they stand in for, such as grafana-agent-k8s.',
  async run(args, context) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    atMost(positionals, 2);
    const units = unitCount(values['num-units']);
    const config = optionValues(values.config, context.workingFolder);
    const resources = keyValues(values.resource);
    const storage = keyValues(values.storage);
    const source = await findCharm(argument(positionals, 0, 'charm'), context);
    const application = positionals[1] ?? source.name;
    await context.start();
    await context.build(source.programs);
    context.stderr(`Deploying "${application}" from ${source.origin}\n`);
    const { charm } = source;
    const call = {
      command: 'deploy',
      charm,
      application,
      units,
      config,
      resources,
      storage,
      trust: values.trust,
    } as const;
    await context.client.request(call);
    return 0;
  },
};

/** `juju-sim bootstrap`: starts the simulator. */
export const bootstrap: Command = {
  name: 'bootstrap',
  usage: 'bootstrap [--forward [PORT:]HOST:PORT]…',
  summary: 'Starts the simulator; deploy does it by itself.',
  details: '--forward leads a port of 127.0.0.1 to a name or address in the simulator.',
  async run(args, context) {
    const { values } = parseArgs({
      args: [...args],
      options: { forward: { type: 'string', multiple: true, default: [] } },
    });
    await context.start(values.forward.map(parseForward));
    context.stderr(`The simulator runs; its state is in ${context.stateFolder}\n`);
    return 0;
  },
};

/** `juju-sim down`: ends the simulator. */
export const down: Command = {
  name: 'down',
  usage: 'down',
  summary: 'Ends the simulator and everything in it.',
  async run(args, context) {
    parseArgs({ args: [...args] });
    await context.client.request({ command: 'down' });
    return 0;
  },
};

import { contextUnit } from '../hook-context.ts';
import { atMost, parseArguments } from './arguments.ts';
import { outputFlags, print } from './output.ts';
import { ToolFailure } from './tool.ts';
import type { Tool } from './tool.ts';

const openPort: Tool = (call, { pending }) => {
  const port = portOf(call.args);
  pending.closePorts.delete(port);
  pending.openPorts.add(port);
  return '';
};

const closePort: Tool = (call, { pending }) => {
  const port = portOf(call.args);
  pending.openPorts.delete(port);
  pending.closePorts.add(port);
  return '';
};

const openedPorts: Tool = (call, context) => {
  const { flags, rest } = parseArguments(call.args, ['endpoints', ...outputFlags]);
  atMost(rest, 0);
  const suffix = flags['endpoints'] === undefined ? '' : ' (*)';
  return print(
    contextUnit(context).ports.map((port) => `${port}${suffix}`),
    flags,
    { call, context },
  );
};

function portOf(args: readonly string[]): string {
  const { rest } = parseArguments(args, ['endpoints=', 'format=']);
  const [range] = rest;
  if (range === undefined) throw new ToolFailure(2, 'no port or range specified');
  atMost(rest, 1);
  if (range === 'icmp') return range;
  const [, from, to, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(range.toLowerCase()) ?? [];
  if (from === undefined)
    throw new ToolFailure(
      2,
      `expected <port>[/<protocol>] or <from>-<to>[/<protocol>] or icmp; got "${range}"`,
    );
  if (protocol !== 'tcp' && protocol !== 'udp') {
    throw new ToolFailure(2, `invalid protocol "${protocol}", expected "tcp", "udp", or "icmp"`);
  }
  if (to !== undefined && to !== from) {
    throw new ToolFailure(
      1,
      'port ranges are not supported for k8s applications, please specify a single port',
    );
  }
  return checkedPort(Number(from), protocol);
}

function checkedPort(number: number, protocol: string): string {
  if (number < 1 || number > 65_535)
    throw new ToolFailure(2, `invalid port range ${number}-${number}/${protocol}`);
  return `${number}/${protocol}`;
}

/** open-port, close-port, opened-ports. */
export const portTools: Readonly<Record<string, Tool>> = {
  'open-port': openPort,
  'close-port': closePort,
  'opened-ports': openedPorts,
};

import * as z from 'zod/mini';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, readJson, runTool } from './run.ts';

/** An open TCP port. */
export interface OpenedPort {
  readonly port: number;
  /** The endpoints that it was opened for, or all. */
  readonly endpoints: readonly string[] | 'all';
}

/** TCP ports on the application's Kubernetes Service; changes are sent when the hook ends well. */
export interface PortTools {
  /** Opens a port for all endpoints, or for these. */
  openPort(port: number, endpoints?: readonly string[]): Promise<void>;
  /** Closes a port for all endpoints, or for these. */
  closePort(port: number, endpoints?: readonly string[]): Promise<void>;
  /** Open TCP ports, ascending, without what this hook has changed. Other protocols and ranges are left out. */
  openedPorts(): Promise<readonly number[]>;
  /** The same, with the endpoints of each. */
  openedPortsByEndpoint(): Promise<readonly OpenedPort[]>;
}

const lines = z.array(z.string());

/** Tools of the port family over `transport`. */
export function createPortTools(transport: HookToolTransport): PortTools {
  const opened = async (flags: readonly string[]): Promise<readonly OpenedPort[]> => {
    const call = { tool: 'opened-ports', args: [asJson, ...flags] };
    const ports = (await readJson(transport, call, { schema: lines, absent: [] })).flatMap(parsePort);
    return ports.toSorted((a, b) => a.port - b.port);
  };
  return {
    openPort: async (port, endpoints) => {
      await runTool(transport, { tool: 'open-port', args: portArguments(port, endpoints) });
    },
    closePort: async (port, endpoints) => {
      await runTool(transport, { tool: 'close-port', args: portArguments(port, endpoints) });
    },
    openedPorts: async () => (await opened([])).map(({ port }) => port),
    openedPortsByEndpoint: () => opened(['--endpoints']),
  };
}

function portArguments(port: number, endpoints: readonly string[] | undefined): readonly string[] {
  return endpoints === undefined ? [`${port}/tcp`] : ['--endpoints', endpoints.join(','), `${port}/tcp`];
}

/** `80/tcp`, `80/tcp (*)` or `80/tcp (a, b)` (Juju: jujuc/opened-ports.go). */
function parsePort(line: string): readonly OpenedPort[] {
  const [, port, endpoints = '*'] = /^(\d+)\/tcp(?: \((.+)\))?$/.exec(line) ?? [];
  if (port === undefined) return [];
  return [{ port: Number(port), endpoints: endpoints === '*' ? 'all' : endpoints.split(', ') }];
}

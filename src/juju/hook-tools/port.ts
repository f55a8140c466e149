import { z } from 'zod';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, readJson, runTool } from './run.ts';

/** TCP ports on the application's Kubernetes Service; changes are sent when the hook ends well. */
export interface PortTools {
  openPort(port: number): Promise<void>;
  closePort(port: number): Promise<void>;
  /** Open TCP ports, ascending, without what this hook has changed. Other protocols and ranges are left out. */
  openedPorts(): Promise<readonly number[]>;
}

/** Tools of the port family over `transport`. */
export function createPortTools(transport: HookToolTransport): PortTools {
  return {
    openPort: async (port) => {
      await runTool(transport, { tool: 'open-port', args: [`${port}/tcp`] });
    },
    closePort: async (port) => {
      await runTool(transport, { tool: 'close-port', args: [`${port}/tcp`] });
    },
    openedPorts: async () => {
      const call = { tool: 'opened-ports', args: [asJson] };
      const opened = await readJson(transport, call, { schema: z.array(z.string()), absent: [] });
      const ports = opened.filter((port) => /^\d+\/tcp$/.test(port)).map((port) => Number.parseInt(port, 10));
      return ports.toSorted((a, b) => a - b);
    },
  };
}

import * as z from 'zod/mini';

import { callSync } from './api.ts';
import type { PebbleTransport } from './transport.ts';

/** Which Pebble runs. */
export interface SystemInfo {
  readonly version: string;
  /** New for each start of a Pebble that is PID 1, as it is in a container. */
  readonly bootId: string;
}

/** Calls that are about Pebble itself. */
export interface SystemCalls {
  systemInfo(): Promise<SystemInfo>;
}

const systemInfo = () =>
  z.pipe(
    z.object({ version: z.string(), 'boot-id': z._default(z.string(), '') }),
    z.transform((info): SystemInfo => ({ version: info.version, bootId: info['boot-id'] })),
  );

/** Binds the calls to a transport. */
export function systemCalls(transport: PebbleTransport): SystemCalls {
  return {
    systemInfo: () =>
      callSync(transport, { doing: "read Pebble's version", path: '/v1/system-info', result: systemInfo() }),
  };
}

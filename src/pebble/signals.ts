import * as z from 'zod/mini';

import { callSync } from './api.ts';
import type { PebbleTransport } from './transport.ts';

/** Calls that are about signals. */
export interface SignalCalls {
  /** Sends a signal such as `SIGHUP` to services; throws `PebbleApiError` if one of them does not run. */
  signal(name: string, services: readonly string[]): Promise<void>;
}

/** Binds the calls to a transport. */
export function signalCalls(transport: PebbleTransport): SignalCalls {
  return {
    signal: async (name, services) => {
      const doing = `send ${name} to ${services.join(', ')}`;
      const body = { signal: name, services };
      await callSync(transport, { doing, path: '/v1/signals', body, result: z.unknown() });
    },
  };
}

import * as z from 'zod/mini';

import { callAsync, callSync } from './api.ts';
import { waitForChange } from './changes.ts';
import type { Change } from './changes.ts';
import type { PebbleTransport } from './transport.ts';

/** How a service does: `backoff` waits before a restart, `error` was given up. */
export type ServiceCurrent = 'active' | 'inactive' | 'backoff' | 'error';

/** A service of the plan as it is now. */
export interface ServiceState {
  readonly name: string;
  readonly startup: 'enabled' | 'disabled';
  readonly current: ServiceCurrent;
}

/** Bound of a call that waits for its change. */
export interface WaitOptions {
  /** Milliseconds; 60 000 if absent. */
  readonly timeoutMs?: number;
}

/**
 * Calls that are about services. Those that change something wait for the change and return it; they throw
 * `PebbleChangeError` if it failed.
 */
export interface ServiceCalls {
  /** All services of the plan, or the named ones; a name that the plan lacks is left out. */
  services(names?: readonly string[]): Promise<readonly ServiceState[]>;
  /** Starts services and what they require. One that exits within a second fails the change. */
  start(names: readonly string[], options?: WaitOptions): Promise<Change>;
  /** Stops services and what requires them; a stopped one stays stopped until start, restart or replan. */
  stop(names: readonly string[], options?: WaitOptions): Promise<Change>;
  restart(names: readonly string[], options?: WaitOptions): Promise<Change>;
  /**
   * Restarts the services whose configuration differs from the one they run with, stops those that left the plan,
   * and starts those with `startup: enabled`. Equal running services are left alone. A running service that became
   * disabled is restarted like any other that changed: to have it down, stop it.
   */
  replan(options?: WaitOptions): Promise<Change>;
}

const serviceStates = z.array(
  z.object({
    name: z.string(),
    startup: z.enum(['enabled', 'disabled']),
    current: z.enum(['active', 'inactive', 'backoff', 'error']),
  }),
);

/** Binds the calls to a transport. */
export function serviceCalls(transport: PebbleTransport): ServiceCalls {
  const act = async (action: string, names: readonly string[], options: WaitOptions = {}) => {
    const doing = [action, ...names].join(' ');
    const body = { action, services: names };
    const { change } = await callAsync(transport, { doing, path: '/v1/services', body, result: z.unknown() });
    return waitForChange(transport, change, { doing, timeoutMs: options.timeoutMs ?? 60_000 });
  };
  return {
    services: (names) =>
      callSync(transport, {
        doing: 'list services',
        path: '/v1/services',
        query: { names },
        result: serviceStates,
      }),
    start: (names, options) => act('start', names, options),
    stop: (names, options) => act('stop', names, options),
    restart: (names, options) => act('restart', names, options),
    replan: (options) => act('replan', [], options),
  };
}

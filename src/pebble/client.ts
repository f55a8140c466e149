import { changeCalls } from './changes.ts';
import type { ChangeCalls } from './changes.ts';
import { checkCalls } from './checks.ts';
import type { CheckCalls } from './checks.ts';
import { execCalls } from './exec.ts';
import type { ExecCalls } from './exec.ts';
import { fileCalls } from './files.ts';
import type { FileCalls } from './files.ts';
import { layerCalls } from './layer.ts';
import type { LayerCalls } from './layer.ts';
import { logCalls } from './logs.ts';
import type { LogCalls } from './logs.ts';
import { noticeCalls } from './notices.ts';
import type { NoticeCalls } from './notices.ts';
import { serviceCalls } from './services.ts';
import type { ServiceCalls } from './services.ts';
import { signalCalls } from './signals.ts';
import type { SignalCalls } from './signals.ts';
import { systemCalls } from './system.ts';
import type { SystemCalls } from './system.ts';
import { createPebbleTransport } from './transport.ts';
import type { PebbleTransportOptions } from './transport.ts';

/**
 * One container's Pebble. Every call throws a `PebbleError` when it fails: `PebbleUnreachableError`,
 * `PebbleTimeoutError`, `PebbleApiError` or `PebbleChangeError`.
 */
export interface PebbleClient
  extends
    SystemCalls,
    ServiceCalls,
    LayerCalls,
    ChangeCalls,
    FileCalls,
    ExecCalls,
    CheckCalls,
    LogCalls,
    NoticeCalls,
    SignalCalls {
  /** Ends the kept connection and all that is under way, exec's commands with it. May be called again. */
  close(): void;
}

/** Makes a client of the Pebble behind a unix socket. Nothing is dialled before the first call. */
export function createPebbleClient(socketPath: string, options?: PebbleTransportOptions): PebbleClient {
  const transport = createPebbleTransport(socketPath, options);
  return {
    ...systemCalls(transport),
    ...serviceCalls(transport),
    ...layerCalls(transport),
    ...changeCalls(transport),
    ...fileCalls(transport),
    ...execCalls(transport),
    ...checkCalls(transport),
    ...logCalls(transport),
    ...noticeCalls(transport),
    ...signalCalls(transport),
    close: () => {
      transport.close();
    },
  };
}

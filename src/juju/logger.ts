import type { HookTools } from './hook-tools/hook-tools.ts';
import type { LogLevel } from './hook-tools/status.ts';

/** Lines for `juju debug-log`. Logging never fails and never waits. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  /** Waits until all lines are written; before the transport is closed. */
  flush(): Promise<void>;
}

/** What is left when Juju cannot be reached: the agent logs a hook's stderr line by line (Juju: runner.go). */
function writeToStderr(line: string): void {
  console.error(line);
}

/** A logger through juju-log, in order; a line that it does not take goes to `otherwise`. */
export function createJujuLogger(
  tools: Pick<HookTools, 'jujuLog'>,
  otherwise: (line: string) => void = writeToStderr,
): Logger {
  let last = Promise.resolve();
  const log = (level: LogLevel) => (message: string) => {
    last = last
      .then(() => tools.jujuLog(level, message))
      .catch((error: unknown) => {
        otherwise(`${level} ${message} (${String(error)})`);
      });
  };
  return {
    debug: log('DEBUG'),
    info: log('INFO'),
    warning: log('WARNING'),
    error: log('ERROR'),
    flush: () => last,
  };
}

import * as z from 'zod/mini';

import { readEnvelope, unexpected, withQuery } from './api.ts';
import { PebbleError } from './errors.ts';
import type { PebbleTransport } from './transport.ts';

/** One line that a service wrote. */
export interface LogLine {
  /** RFC 3339, in UTC. */
  readonly time: string;
  readonly service: string;
  readonly message: string;
}

/** Which lines to read. */
export interface LogQuery {
  /** All services if absent. */
  readonly services?: readonly string[];
  /** The last lines of all services together; -1 for all that Pebble keeps, 30 if absent. */
  readonly n?: number;
}

/** Calls that are about services' logs. */
export interface LogCalls {
  /** Lines that Pebble keeps, oldest first. A service that the plan lacks has none. */
  logs(query?: LogQuery): Promise<readonly LogLine[]>;
}

const logLine: z.ZodMiniType<LogLine> = z.object({
  time: z.string(),
  service: z.string(),
  message: z.string(),
});

/** Binds the calls to a transport. */
export function logCalls(transport: PebbleTransport): LogCalls {
  return {
    logs: async ({ services, n } = {}) => {
      const doing = 'read logs';
      const path = withQuery('/v1/logs', { services, n: n?.toString() });
      const answer = await transport.send({ doing, method: 'GET', path });
      if (answer.contentType !== 'application/x-ndjson') {
        readEnvelope(doing, answer);
        throw unexpected(doing, `content type ${answer.contentType}`, answer.statusCode);
      }
      const lines = answer.body.toString('utf8').split('\n');
      return lines.filter((line) => line !== '').map((line) => parseLine(doing, line));
    },
  };
}

function parseLine(doing: string, line: string): LogLine {
  try {
    return logLine.parse(JSON.parse(line));
  } catch (cause) {
    throw new PebbleError(doing, `not a log line: ${line}`, { kind: 'unexpected-answer', cause });
  }
}

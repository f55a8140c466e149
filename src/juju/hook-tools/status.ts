import * as z from 'zod/mini';
import type { StatusName } from '../status.ts';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, positional, readJson, runTool } from './run.ts';

/** A status to be shown. */
export interface StatusSetting {
  readonly status: StatusName;
  readonly message: string;
  /** Of the whole application, which only the leader may set, or of this unit. */
  readonly application: boolean;
}

/** A status as Juju reports it: one that a charm set, or a word of Juju's own such as `unknown`. */
export interface StatusReport {
  readonly status: string;
  readonly message: string;
}

/** Levels of juju-log. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** What people see of the unit. What is set shows at once, even if the hook then fails (Juju: runner/context). */
export interface StatusTools {
  statusSet(setting: StatusSetting): Promise<void>;
  /** This unit's status, as it was when first asked for in this hook, or the application's, for the leader only. */
  statusGet(query: { readonly application: boolean }): Promise<StatusReport>;
  /** The workload's version, as `juju status` shows it for the application. */
  applicationVersionSet(version: string): Promise<void>;
  jujuLog(level: LogLevel, message: string): Promise<void>;
}

const report = z.object({ status: z.string(), message: z._default(z.string(), '') });
const applicationReport = z.pipe(
  z.object({ 'application-status': report }),
  z.transform((answer) => answer['application-status']),
);
const unknown: StatusReport = { status: 'unknown', message: '' };

/** Tools of the status family over `transport`. */
export function createStatusTools(transport: HookToolTransport): StatusTools {
  return {
    statusSet: async ({ status, message, application }) => {
      const flags = application ? ['--application'] : [];
      const args = [...flags, ...positional(status, message)];
      await runTool(transport, { tool: 'status-set', args });
    },
    statusGet: ({ application }) => {
      // Without --include-data the message is left out (Juju: jujuc/status-get.go).
      const args = [asJson, '--include-data', ...(application ? ['--application'] : [])];
      const schema = application ? applicationReport : report;
      return readJson(transport, { tool: 'status-get', args }, { schema, absent: unknown });
    },
    applicationVersionSet: async (version) => {
      await runTool(transport, { tool: 'application-version-set', args: positional(version) });
    },
    jujuLog: async (level, message) => {
      const args = ['--log-level', level, ...positional(message)];
      await runTool(transport, { tool: 'juju-log', args });
    },
  };
}

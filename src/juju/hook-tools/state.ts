import * as z from 'zod/mini';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, positional, readJson, runTool } from './run.ts';
import { toYaml } from './settings-yaml.ts';

/**
 * Texts that the controller keeps for this unit, also over a new pod. Changes are sent when the hook ends well, and
 * this hook reads them before (Juju: runner/context).
 */
export interface StateTools {
  /** A value; undefined if there is none by this key, which is not empty and not `-`. */
  stateGet(key: string): Promise<string | undefined>;
  /** All values by key. */
  stateEntries(): Promise<Readonly<Record<string, string>>>;
  /**
   * Stores all `values` in one call, and makes no call if there are none.
   * @throws HookToolError for a key of more than 256 bytes or a value of more than 65536 (Juju: core/quota).
   */
  stateSet(values: Readonly<Record<string, string>>): Promise<void>;
  /** Forgets a value, if there is one. */
  stateDelete(key: string): Promise<void>;
}

/** Juju: jujuc/state-get.go; without `--strict` a missing value is an empty one. */
const missing = /^ERROR "[^]*" not found\s*$/;

/** Tools of the state family over `transport`. */
export function createStateTools(transport: HookToolTransport): StateTools {
  return {
    stateGet: (key) =>
      readJson(
        transport,
        { tool: 'state-get', args: [asJson, '--strict', ...positional(key)] },
        {
          schema: z.optional(z.string()),
          absent: '',
          expected: { failure: missing, value: undefined },
        },
      ),
    stateEntries: () =>
      readJson(
        transport,
        { tool: 'state-get', args: [asJson] },
        { schema: z.record(z.string(), z.string()), absent: {} },
      ),
    stateSet: async (values) => {
      if (Object.keys(values).length === 0) return;
      await runTool(transport, { tool: 'state-set', args: ['--file', '-'], stdin: toYaml(values) });
    },
    stateDelete: async (key) => {
      await runTool(transport, { tool: 'state-delete', args: positional(key) });
    },
  };
}

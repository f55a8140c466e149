import * as z from 'zod/mini';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, positional, readJson, runTool } from './run.ts';

/** What an action answers: texts by nested keys of `a-z`, `0-9` and `-`. */
export interface ActionValues {
  readonly [key: string]: string | number | boolean | ActionValues;
}

/** The action that is being run. */
export interface ActionTools {
  /** The action's parameters, with the defaults of the charm's metadata. */
  actionGet(): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Adds to the action's results, in one call, or in none if there is nothing to add.
   * @throws Error for a key that Juju would refuse.
   */
  actionSet(values: ActionValues): Promise<void>;
  /** Marks the action as failed; it goes on all the same. */
  actionFail(message: string): Promise<void>;
  /** Shows a line to who waits for the action, at once. */
  actionLog(message: string): Promise<void>;
}

const keyRule = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Keys that Juju sets itself (Juju: jujuc/action-set.go). */
const reserved: ReadonlySet<string> = new Set(['stdout', 'stdout-encoding', 'stderr', 'stderr-encoding']);

/** Tools of the action family over `transport`. */
export function createActionTools(transport: HookToolTransport): ActionTools {
  return {
    actionGet: () =>
      readJson(
        transport,
        { tool: 'action-get', args: [asJson] },
        { schema: z.record(z.string(), z.unknown()), absent: {} },
      ),
    actionSet: async (values) => {
      const args = flatten(values, []);
      if (args.length > 0) await runTool(transport, { tool: 'action-set', args });
    },
    actionFail: async (message) => {
      await runTool(transport, { tool: 'action-fail', args: positional(message) });
    },
    actionLog: async (message) => {
      await runTool(transport, { tool: 'action-log', args: positional(message) });
    },
  };
}

/** `{ a: { b: 1 } }` as `a.b=1`. */
function flatten(values: ActionValues, parents: readonly string[]): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = [...parents, key];
    checkKey(path);
    return typeof value === 'object' ? flatten(value, path) : [`${path.join('.')}=${value}`];
  });
}

function checkKey(path: readonly string[]): void {
  const key = path.at(-1) ?? '';
  if (!keyRule.test(key)) {
    throw new Error(
      `cannot set the action result ${path.join('.')}: a key has lowercase letters, digits and inner dashes only`,
    );
  }
  if (path.length === 1 && reserved.has(key)) {
    throw new Error(`cannot set the action result ${key}: Juju sets it`);
  }
}

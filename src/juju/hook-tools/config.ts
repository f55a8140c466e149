import * as z from 'zod/mini';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, readJson, runTool } from './run.ts';

/** An option's value, as charmcraft.yaml declares its type. */
export type ConfigValue = string | number | boolean;

/** What Juju knows of the application as a whole. */
export interface ConfigTools {
  /** The options that are set or have a default; an option without either is left out. */
  configGet(): Promise<Readonly<Record<string, ConfigValue>>>;
  /** Whether this unit is the leader, which then holds for 30 s at least (Juju: runner/context/leader.go). */
  isLeader(): Promise<boolean>;
  /** Path of the file that a resource was downloaded to, just now if need be. */
  resourceGet(name: string): Promise<string>;
  /** The units and relations that the operator wants, and their statuses; `dying` units are about to leave. */
  goalState(): Promise<GoalState>;
}

const goal = z.object({ status: z.string(), since: z.optional(z.string()) });
const goals = z.pipe(
  z.nullish(z.record(z.string(), goal)),
  z.transform((value) => value ?? {}),
);
const goalState = z.object({
  /** By unit name. */
  units: goals,
  /** By endpoint, then by the name of an application or unit. */
  relations: z.pipe(
    z.nullish(z.record(z.string(), goals)),
    z.transform((value) => value ?? {}),
  ),
});

/** What goal-state tells. */
export type GoalState = Readonly<z.infer<typeof goalState>>;

const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Tools of the config family over `transport`. */
export function createConfigTools(transport: HookToolTransport): ConfigTools {
  return {
    configGet: () =>
      readJson(transport, { tool: 'config-get', args: [asJson] }, { schema: options, absent: {} }),
    isLeader: () =>
      readJson(transport, { tool: 'is-leader', args: [asJson] }, { schema: z.boolean(), absent: false }),
    resourceGet: async (name) => (await runTool(transport, { tool: 'resource-get', args: [name] })).trimEnd(),
    goalState: () =>
      readJson(
        transport,
        { tool: 'goal-state', args: [asJson] },
        { schema: goalState, absent: { units: {}, relations: {} } },
      ),
  };
}

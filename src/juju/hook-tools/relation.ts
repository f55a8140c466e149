import * as z from 'zod/mini';
import type { Databag } from '../databag.ts';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, readJson, runTool, type JsonReading } from './run.ts';
import { toYaml } from './settings-yaml.ts';

/** Whose databag to read. */
export type DatabagOwner = { readonly unit: string } | { readonly app: string };

/** What to write into one of this side's databags. */
export interface RelationWrite {
  readonly scope: 'unit' | 'app';
  /** An empty value deletes its key. */
  readonly values: Databag;
}

/**
 * Relations and their databags. Juju may drop a relation while a hook about it still runs, and then answers
 * `relation not found` or `permission denied`: to readers such a relation is empty, and not an error.
 */
export interface RelationTools {
  /** Ids of an endpoint's relations, ascending; Juju 3 leaves out one that is being broken. */
  relationIds(endpoint: string): Promise<readonly number[]>;
  /** Remote units whose joined hook has begun; none if the relation is gone. */
  relationUnits(id: number): Promise<readonly string[]>;
  /** The remote application; undefined if the relation is gone. */
  relationApp(id: number): Promise<string | undefined>;
  /** A databag; undefined if the relation is gone, or if this unit may not read it (Juju: only leaders read their own application's). */
  relationGet(id: number, owner: DatabagOwner): Promise<Databag | undefined>;
  /** Uuid of the model that the remote application is in; undefined if the relation is gone. Juju 3.6 and newer. */
  relationModel(id: number): Promise<string | undefined>;
  /** Writes all `values` in one call, and makes no call if there are none. Sent when the hook ends well. */
  relationSet(id: number, write: RelationWrite): Promise<void>;
}

/** Juju 3.6 and 4.0 differ in what they say (Juju: jujuc/relation-get.go). */
const unreachable = /relation not found|permission denied/;

const ids = z.array(
  z.pipe(
    z.string().check(z.regex(/:\d+$/)),
    z.transform((id) => Number(id.slice(id.lastIndexOf(':') + 1))),
  ),
);
const databag = z.optional(z.record(z.string(), z.string()));
const units = z.array(z.string());
const application = z.optional(z.string());
const model = () =>
  z.pipe(
    z.object({ uuid: z.string() }),
    z.transform(({ uuid }) => uuid),
  );

/** Tools of the relation family over `transport`. */
export function createRelationTools(transport: HookToolTransport): RelationTools {
  return {
    relationIds: async (endpoint) => {
      const call = { tool: 'relation-ids', args: [asJson, endpoint] };
      const found = await readJson(transport, call, { schema: ids, absent: [] });
      return found.toSorted((a, b) => a - b);
    },
    relationUnits: (id) =>
      readJson(transport, { tool: 'relation-list', args: [asJson, '-r', String(id)] }, orGone(units, [])),
    relationApp: (id) =>
      readJson(
        transport,
        { tool: 'relation-list', args: [asJson, '-r', String(id), '--app'] },
        orGone(application, undefined),
      ),
    relationGet: (id, owner) => {
      const whose = 'app' in owner ? ['--app', '-', owner.app] : ['-', owner.unit];
      const call = { tool: 'relation-get', args: [asJson, '-r', String(id), ...whose] };
      const reading = orGone(databag, undefined);
      return readJson(transport, call, { ...reading, absent: {} });
    },
    relationModel: (id) =>
      readJson(
        transport,
        { tool: 'relation-model-get', args: [asJson, '-r', String(id)] },
        orGone(z.optional(model()), undefined),
      ),
    relationSet: async (id, { scope, values }) => {
      if (Object.keys(values).length === 0) return;
      const flags = scope === 'app' ? ['--app'] : [];
      const args = ['-r', String(id), ...flags, '--file', '-'];
      await runTool(transport, { tool: 'relation-set', args, stdin: toYaml(values) });
    },
  };
}

function orGone<T>(schema: z.ZodMiniType<T>, value: T): JsonReading<T> {
  return { schema, absent: value, expected: { failure: unreachable, value } };
}

import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { jsonString } from './json-string.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The key of both sides' app bags: the protocol is the same both ways. */
export const keys = { app: ['datasources'] } as const;

/** A data source that a Grafana has. */
export interface Datasource {
  /** Grafana's plugin, such as `prometheus` or `tempo`. */
  readonly type: string;
  /** What that Grafana calls it. */
  readonly uid: string;
  readonly grafanaUid: string;
}

const schema = z.object({
  datasources: z.optional(
    jsonString(z.array(z.object({ type: z.string(), uid: z.string(), grafana_uid: z.string() }))),
  ),
});

/** Reads the data sources of the other side; none as long as it has written nothing. */
export function read(bag: Databag): Result<readonly Datasource[]> {
  const result = readAs(schema, bag);
  if (!result.ok) return result;
  const sources = result.value.datasources ?? [];
  return {
    ok: true,
    value: sources.map(({ type, uid, grafana_uid: grafanaUid }) => ({ type, uid, grafanaUid })),
  };
}

/** What our leader publishes: the data sources that Grafanas made of us, in the order of their names. */
export function publish(sources: readonly Datasource[]): Databag {
  const written = sources
    .map(({ type, uid, grafanaUid }) => ({ type, uid, grafana_uid: grafanaUid }))
    .toSorted((a, b) => (a.uid + a.grafana_uid < b.uid + b.grafana_uid ? -1 : 1));
  return { datasources: JSON.stringify(written) };
}

import { z } from 'zod';
import type { Databag } from '../../../juju/index.ts';

/** Generation of the library `grafana_source` on Grafana's side. */
export const library = z.enum(['v0', 'v1']);

/** See {@link library}. */
export type Library = z.infer<typeof library>;

/** A data source as Grafana is provisioned with it. */
export const dataSource = z.object({
  /** The unit that published its URL; absent in one of a whole application. */
  unit: z.string().optional(),
  /** Also what the library publishes as its uid: Grafana takes a name where it expects one. */
  name: z.string(),
  /** Grafana's plugin, such as `prometheus`. */
  type: z.string(),
  url: z.string(),
  jsonData: z.record(z.string(), z.unknown()),
  secureJsonData: z.record(z.string(), z.string()),
});

/** See {@link dataSource}. */
export type DataSource = Readonly<z.infer<typeof dataSource>>;

/** What the other side of a relation published. */
export interface Provider {
  readonly app: Databag;
  /** Bags of the units that are there now. */
  readonly units: Readonly<Record<string, Databag>>;
}

const sourceData = z.object({
  model: z.string(),
  model_uuid: z.string(),
  application: z.string(),
  type: z.string(),
  extra_fields: z.record(z.string(), z.unknown()).nullish(),
  secure_extra_fields: z.record(z.string(), z.string()).nullish(),
});

/**
 * The data sources of a relation: one for each unit with a host, and in v1 one for the application, if it has one.
 * Undefined if the provider has not described its data, for then the relation is ignored. As in the library, what
 * cannot be read makes the hook fail: throws an error that begins "cannot read grafana_source_data".
 */
export function buildSources({ app, units }: Provider, generation: Library): DataSource[] | undefined {
  const described = readSourceData(app['grafana_source_data']);
  if (described === undefined) return undefined;
  const { model, model_uuid: uuid, application, type } = described;
  const name = `juju_${model}_${uuid}_${application}`;
  const build = (host: string): Omit<DataSource, 'name'> => ({
    type,
    url: /^\w+:\/\//.test(host) ? host : `http://${host}`,
    jsonData: described.extra_fields ?? {},
    secureJsonData: described.secure_extra_fields ?? {},
  });
  const ofUnits = Object.entries(units).flatMap(([unit, { grafana_source_host: host = '' }]) =>
    host === '' ? [] : [{ ...build(host), unit, name: `${name}_${unit.slice(unit.indexOf('/') + 1)}` }],
  );
  const appHost = generation === 'v1' ? app['grafana_source_app_host'] : undefined;
  return appHost === undefined ? ofUnits : [...ofUnits, { ...build(appHost), name }];
}

/**
 * The data sources of a relation without those of a unit that departs; the application's stays. The library v0 has
 * an index error, and so its hook fails, if that unit had none while others do.
 */
export function withoutUnit(sources: readonly DataSource[], unit: string, generation: Library): DataSource[] {
  const left = sources.filter((source) => source.unit !== unit);
  if (generation === 'v0' && sources.length > 0 && left.length === sources.length)
    throw new Error(`cannot remove the data source of ${unit}: list index out of range`);
  return left;
}

/** What the library tells the provider of the data sources it made; v0 knows nothing of an application's. */
export function publishUids(sources: readonly DataSource[]): Databag {
  const ofUnits = sources.flatMap(({ unit, name }) => (unit === undefined ? [] : [[unit, name]]));
  return {
    datasource_uids: JSON.stringify(Object.fromEntries(ofUnits)),
    app_datasource_uid: sources.find(({ unit }) => unit === undefined)?.name ?? '',
  };
}

function readSourceData(text = '{}') {
  try {
    const value: unknown = JSON.parse(text);
    return isEmpty(value) ? undefined : sourceData.parse(value);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new Error(`cannot read grafana_source_data: ${why}`, { cause });
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && (value === null || Object.keys(value).length === 0);
}

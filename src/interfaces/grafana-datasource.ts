import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import type { Topology } from '../juju/topology.ts';
import { jsonString } from './json-string.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The keys of each databag; in our own bags, the ones that we own. The provider has the data, the requirer is Grafana. */
export const keys = {
  providerApp: ['grafana_source_data', 'grafana_source_app_host'],
  providerUnit: ['grafana_source_host'],
  requirerApp: ['grafana_uid', 'grafana_base_url', 'datasource_uids', 'app_datasource_uid'],
} as const;

/** What a Grafana says of itself and of the data sources that it made of ours. */
export interface GrafanaReply {
  /** Identifies the Grafana deployment. */
  readonly grafanaUid: string | undefined;
  readonly baseUrl: string | undefined;
  /** Data source of each unit that has one, by the unit's name. */
  readonly datasourceUids: Readonly<Record<string, string>>;
  /** Data source of the application; only Grafana charms since June 2026 make it. */
  readonly appDatasourceUid: string | undefined;
}

/** The data source that we offer. */
export interface GrafanaSource {
  /** Grafana makes the data source's name of it. */
  readonly topology: Pick<Topology, 'model' | 'modelUuid' | 'application'>;
  /** Base URL of the application, the same from every unit. */
  readonly applicationUrl: string;
  /** What this Grafana calls the data source of traces that exemplars lead to; undefined if there is none. */
  readonly traces: string | undefined;
}

/** What we write for one Grafana: the leader the bag of the application, every unit its own. */
export interface GrafanaBags {
  readonly app: Databag;
  readonly unit: Databag;
}

const replySchema = z.pipe(
  z.object({
    grafana_uid: z.optional(z.string()),
    grafana_base_url: z.optional(z.url({ protocol: /^https?$/ })),
    datasource_uids: z.optional(jsonString(z.record(z.string(), z.string()))),
    app_datasource_uid: z.optional(z.string()),
  }),
  z.transform((bag) => ({
    grafanaUid: bag.grafana_uid,
    baseUrl: bag.grafana_base_url,
    datasourceUids: bag.datasource_uids ?? {},
    appDatasourceUid: bag.app_datasource_uid,
  })),
);

/** Reads the app bag of Grafana; nothing in it is there from the start. */
export function read(bag: Databag): Result<GrafanaReply> {
  return readAs(replySchema, bag);
}

/**
 * Publishes the data source for the Grafana that gave `reply`, or none yet. Old Grafana charms look at units alone and make a source of
 * each that names a host, and one version crashes when a unit without a host departs; so every unit names the application's URL.
 * New ones look at the application first; once the reply shows that, the units fall silent, or each would be a source as well.
 */
export function publish(source: GrafanaSource, reply: GrafanaReply | undefined): GrafanaBags {
  const { model, modelUuid, application } = source.topology;
  const url = `${source.applicationUrl.replace(/\/+$/, '')}/prometheus`;
  const grafanaSourceData = {
    model,
    model_uuid: modelUuid,
    application,
    // The plugin; with "mimir" the old library would add /prometheus to the URL once more.
    type: 'prometheus',
    extra_fields: {
      httpHeaderName1: 'X-Scope-OrgID',
      ...(source.traces === undefined
        ? {}
        : { exemplarTraceIdDestinations: [{ datasourceUid: source.traces, name: 'traceID' }] }),
    },
    secure_extra_fields: { httpHeaderValue1: 'anonymous' },
  };
  return {
    app: { grafana_source_data: JSON.stringify(grafanaSourceData), grafana_source_app_host: url },
    unit: reply?.appDatasourceUid === undefined ? { grafana_source_host: url } : {},
  };
}

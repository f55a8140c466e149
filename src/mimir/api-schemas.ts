import * as z from 'zod/mini';

const labels = z.record(z.string(), z.string());
/** Time in seconds since 1970, and the value as text. */
const point = z.tuple([z.number(), z.string()]);

/** `GET /api/v1/status/buildinfo`. */
export const buildInfoSchema = z.pipe(
  z.object({ data: z.object({ version: z.string(), revision: z.string() }) }),
  z.transform(({ data }) => data),
);

/** `GET /api/v1/user_stats`. */
export const userStatsSchema = z.object({ ingestionRate: z.number(), numSeries: z.number() });

/** `GET /prometheus/api/v1/alerts`. */
export const alertsSchema = z.pipe(
  z.object({
    data: z.object({
      alerts: z.array(
        z.object({
          labels,
          annotations: labels,
          state: z.enum(['pending', 'firing']),
          /** Since when the expression holds. */
          activeAt: z.optional(z.string()),
          value: z.string(),
        }),
      ),
    }),
  }),
  z.transform(({ data }) => data.alerts),
);

/** Mimir: Go's zero time stands for never. */
const evaluatedAt = z.pipe(
  z.string(),
  z.transform((time) => (time.startsWith('0001-') ? undefined : time)),
);

const ruleStatusSchema = z.pipe(
  z.object({
    type: z.enum(['alerting', 'recording']),
    name: z.string(),
    query: z.string(),
    labels: z._default(labels, {}),
    state: z.optional(z.string()),
    health: z.string(),
    lastError: z.string(),
    lastEvaluation: evaluatedAt,
  }),
  z.transform(({ query, lastError, ...rule }) => ({
    ...rule,
    expr: query,
    lastError: lastError === '' ? undefined : lastError,
  })),
);

/** `GET /prometheus/api/v1/rules`. */
export const ruleStatusesSchema = z.pipe(
  z.object({
    data: z.object({
      groups: z.array(
        z.pipe(
          z.object({
            name: z.string(),
            file: z.string(),
            interval: z.number(),
            lastEvaluation: evaluatedAt,
            rules: z.array(ruleStatusSchema),
          }),
          z.transform(({ file, ...group }) => ({ ...group, namespace: file })),
        ),
      ),
    }),
  }),
  z.transform(({ data }) => data.groups),
);

/** `GET /api/v1/alerts`, as YAML. The empty text is what Mimir stores when its fallback file stands in. */
export const heldAlertmanagerConfigSchema = z.pipe(
  z.object({ template_files: z.record(z.string(), z.string()), alertmanager_config: z.string() }),
  z.transform(({ template_files: templates, alertmanager_config: config }) =>
    config === '' ? undefined : { config, templates },
  ),
);

/** `GET /alertmanager/api/v2/alerts`. */
export const alertmanagerAlertsSchema = z.array(
  z.object({
    labels,
    annotations: labels,
    startsAt: z.string(),
    receivers: z.pipe(
      z.array(z.object({ name: z.string() })),
      z.transform((all) => all.map(({ name }) => name)),
    ),
    status: z.object({
      state: z.string(),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
    }),
  }),
);

/** `GET /prometheus/api/v1/query`. */
export const queryResultSchema = z.pipe(
  z.object({
    data: z.discriminatedUnion('resultType', [
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ metric: labels, value: point })),
      }),
      z.object({
        resultType: z.literal('matrix'),
        result: z.array(z.object({ metric: labels, values: z.array(point) })),
      }),
      z.object({ resultType: z.literal(['scalar', 'string']), result: point }),
    ]),
  }),
  z.transform(({ data }) => data),
);

/** The build that answers. */
export type BuildInfo = Readonly<z.output<typeof buildInfoSchema>>;
/** Samples per second and series in memory of the tenant. */
export type UserStats = Readonly<z.output<typeof userStatsSchema>>;
/** A pending or firing alert. */
export type Alert = Readonly<z.output<typeof alertsSchema>[number]>;
/** A rule group with how its last evaluation went. `interval` is in seconds; times are as Mimir writes them, undefined for never. */
export type RuleGroupStatus = Readonly<z.output<typeof ruleStatusesSchema>[number]>;
/**
 * A rule with how its last evaluation went. `health` is `ok`, `err` or `unknown`; `state`, of an alerting rule, is
 * `inactive`, `pending`, `firing` or `unknown`.
 */
export type RuleStatus = RuleGroupStatus['rules'][number];
/** An alert that Mimir's own Alertmanager holds; its state is `active`, `suppressed` or `unprocessed`. */
export type AlertmanagerAlert = Readonly<z.output<typeof alertmanagerAlertsSchema>[number]>;
/** The result of an instant query. */
export type QueryResult = Readonly<z.output<typeof queryResultSchema>>;

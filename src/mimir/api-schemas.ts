import { z } from 'zod';
import { ruleGroupSchema } from './rule-group.ts';
import { isOurs } from './rules.ts';

const labels = z.record(z.string(), z.string());
/** Time in seconds since 1970, and the value as text. */
const point = z.tuple([z.number(), z.string()]);

/** `GET /api/v1/status/buildinfo`. */
export const buildInfoSchema = z
  .object({ data: z.object({ version: z.string(), revision: z.string() }) })
  .transform(({ data }) => data);

/**
 * `GET /prometheus/config/v1/rules`, as YAML: the groups of our own namespaces. What users post in theirs is no matter of
 * ours, and may be such as we would refuse.
 */
export const rulerStateSchema = z.record(z.string(), z.unknown()).transform((namespaces, context) => {
  const ours = Object.entries(namespaces).filter(([namespace]) => isOurs(namespace));
  const parsed = z.record(z.string(), z.array(ruleGroupSchema)).safeParse(Object.fromEntries(ours));
  if (parsed.success) return new Map(Object.entries(parsed.data));
  context.addIssue(parsed.error.message);
  return z.NEVER;
});

/** `GET /api/v1/user_stats`. */
export const userStatsSchema = z.object({ ingestionRate: z.number(), numSeries: z.number() });

/** `GET /prometheus/api/v1/alerts`. */
export const alertsSchema = z
  .object({
    data: z.object({
      alerts: z.array(
        z.object({
          labels,
          annotations: labels,
          state: z.enum(['pending', 'firing']),
          /** Since when the expression holds. */
          activeAt: z.string().optional(),
          value: z.string(),
        }),
      ),
    }),
  })
  .transform(({ data }) => data.alerts);

/** Mimir: Go's zero time stands for never. */
const evaluatedAt = z.string().transform((time) => (time.startsWith('0001-') ? undefined : time));

const ruleStatusSchema = z
  .object({
    type: z.enum(['alerting', 'recording']),
    name: z.string(),
    query: z.string(),
    labels: labels.default({}),
    state: z.string().optional(),
    health: z.string(),
    lastError: z.string(),
    lastEvaluation: evaluatedAt,
  })
  .transform(({ query, lastError, ...rule }) => ({
    ...rule,
    expr: query,
    lastError: lastError === '' ? undefined : lastError,
  }));

/** `GET /prometheus/api/v1/rules`. */
export const ruleStatusesSchema = z
  .object({
    data: z.object({
      groups: z.array(
        z
          .object({
            name: z.string(),
            file: z.string(),
            interval: z.number(),
            lastEvaluation: evaluatedAt,
            rules: z.array(ruleStatusSchema),
          })
          .transform(({ file, ...group }) => ({ ...group, namespace: file })),
      ),
    }),
  })
  .transform(({ data }) => data.groups);

/** `GET /api/v1/alerts`, as YAML. The empty text is what Mimir stores when its fallback file stands in. */
export const heldAlertmanagerConfigSchema = z
  .object({ template_files: z.record(z.string(), z.string()), alertmanager_config: z.string() })
  .transform(({ template_files: templates, alertmanager_config: config }) =>
    config === '' ? undefined : { config, templates },
  );

/** `GET /alertmanager/api/v2/alerts`. */
export const alertmanagerAlertsSchema = z.array(
  z.object({
    labels,
    annotations: labels,
    startsAt: z.string(),
    receivers: z.array(z.object({ name: z.string() })).transform((all) => all.map(({ name }) => name)),
    status: z.object({
      state: z.string(),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
    }),
  }),
);

/** `GET /prometheus/api/v1/query`. */
export const queryResultSchema = z
  .object({
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
  })
  .transform(({ data }) => data);

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

import { z } from 'zod';
import { ruleGroupSchema } from './rule-group.ts';

const labels = z.record(z.string(), z.string());
/** Time in seconds since 1970, and the value as text. */
const point = z.tuple([z.number(), z.string()]);

/** `GET /api/v1/status/buildinfo`. */
export const buildInfoSchema = z
  .object({ data: z.object({ version: z.string(), revision: z.string() }) })
  .transform(({ data }) => data);

/** `GET /prometheus/config/v1/rules`, as YAML. */
export const rulerStateSchema = z
  .record(z.string(), z.array(ruleGroupSchema))
  .transform((namespaces) => new Map(Object.entries(namespaces)));

/** `GET /api/v1/user_stats`. */
export const userStatsSchema = z.object({ ingestionRate: z.number(), numSeries: z.number() });

/** `GET /prometheus/api/v1/alerts`. */
export const alertsSchema = z
  .object({
    data: z.object({
      alerts: z.array(z.object({ labels, annotations: labels, state: z.enum(['pending', 'firing']) })),
    }),
  })
  .transform(({ data }) => data.alerts);

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
/** The result of an instant query. */
export type QueryResult = Readonly<z.output<typeof queryResultSchema>>;

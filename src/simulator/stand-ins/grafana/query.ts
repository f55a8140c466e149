import { z } from 'zod';
import { ActionFailure } from '../run-dispatch.ts';
import { sendSingleRequest } from '../send-request.ts';
import type { DataSource } from './datasources.ts';

/** What a data source answered. */
export interface QueryAnswer {
  /** HTTP status. */
  readonly status: number;
  readonly body: string;
}

/** How long a data source may take over a query, in ms (Grafana: dataproxy timeout). */
const timeoutMs = 30_000;

/**
 * Sends an instant query through a data source; `authorities` are certificates in PEM of whom to trust beside the
 * machine's own.
 * @throws ActionFailure if no answer can be had.
 */
export async function sendQuery(
  source: DataSource,
  expr: string,
  authorities: readonly string[],
): Promise<QueryAnswer> {
  const url = `${source.url.replace(/\/+$/, '')}/api/v1/query?query=${encodeURIComponent(expr)}`;
  try {
    return await sendSingleRequest(url, {
      ...{ method: 'GET', headers: customHeaders(source) },
      ...{ authorities, timeoutMs },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ActionFailure(`cannot query ${source.url}: ${why}`, { cause });
  }
}

/** The headers that `httpHeaderName1` and on name, with the secret values of the same number (Grafana: httpclient). */
export function customHeaders({ jsonData, secureJsonData }: DataSource): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 1; typeof jsonData[`httpHeaderName${index}`] === 'string'; index++)
    headers[String(jsonData[`httpHeaderName${index}`])] = secureJsonData[`httpHeaderValue${index}`] ?? '';
  return headers;
}

const sample = z.tuple([z.number(), z.string()]);
const prometheusAnswer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.looseObject({ value: sample.optional() })),
    }),
    z.object({ resultType: z.literal('matrix'), result: z.array(z.looseObject({})) }),
    z.object({ resultType: z.enum(['scalar', 'string']), result: sample }),
  ]),
});

/** The result of an answer of Prometheus' API, and its values alone; undefined if it is none. */
export function readAnswer(body: string): { result: unknown; values: string[] } | undefined {
  const data = parseAnswer(body)?.data;
  if (data === undefined) return undefined;
  const { result } = data;
  if (data.resultType === 'vector')
    return { result, values: data.result.flatMap(({ value }) => value?.[1] ?? []) };
  return { result, values: data.resultType === 'matrix' ? [] : [data.result[1]] };
}

function parseAnswer(body: string): z.infer<typeof prometheusAnswer> | undefined {
  try {
    return prometheusAnswer.safeParse(JSON.parse(body)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

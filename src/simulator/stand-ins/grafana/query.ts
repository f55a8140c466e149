import { z } from 'zod';
import { connectionReason } from '../connection-reason.ts';
import { ActionFailure } from '../run-dispatch.ts';
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
 * Sends an instant query through a data source.
 * @throws ActionFailure if no answer can be had.
 */
export async function sendQuery(source: DataSource, expr: string): Promise<QueryAnswer> {
  const url = `${source.url.replace(/\/+$/, '')}/api/v1/query?query=${encodeURIComponent(expr)}`;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { headers: customHeaders(source), signal });
    return { status: response.status, body: await response.text() };
  } catch (cause) {
    throw new ActionFailure(`cannot query ${source.url}: ${connectionReason(cause)}`, { cause });
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

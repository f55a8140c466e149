import { en } from 'zod/locales';
import * as z from 'zod/mini';

import { PebbleApiError, PebbleError } from './errors.ts';
import type { PebbleAnswer, PebbleRequest, PebbleTransport } from './transport.ts';

// zod/mini has no words of its own for what is wrong.
z.config(en());

/** A call of Pebble's JSON API; `T` is what its result must be. */
export interface ApiCall<T> {
  /** What it is for, as the X of "cannot X: why". */
  readonly doing: string;
  readonly path: string;
  /** Query parameters; a list repeats its key, undefined leaves it out. */
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** JSON body; the call is a POST if there is one, else a GET. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly result: z.ZodMiniType<T>;
  readonly timeoutMs?: number;
}

/** Pebble's answer to a call that went on in the background. */
export interface AsyncAnswer<T> {
  readonly change: string;
  readonly result: T;
}

/** Pebble: internals/daemon/response.go. */
const envelope = z.object({
  type: z.enum(['sync', 'async', 'error']),
  result: z.unknown(),
  change: z.optional(z.string()),
});
type Envelope = z.infer<typeof envelope>;

/** Pebble's own description of an error, alone or inside a list of results. */
export const errorResult = z.object({ message: z.string(), kind: z.optional(z.string()) });

/** Carries out a call that answers at once, and returns its result. */
export async function callSync<T>(transport: PebbleTransport, call: ApiCall<T>): Promise<T> {
  const answer = await transport.send(toRequest(call));
  return parseResult(readEnvelope(call.doing, answer).result, call);
}

/** Carries out a call that Pebble answers with a change to wait for. */
export async function callAsync<T>(transport: PebbleTransport, call: ApiCall<T>): Promise<AsyncAnswer<T>> {
  const answer = await transport.send(toRequest(call));
  const { change, result } = readEnvelope(call.doing, answer);
  if (change === undefined) throw unexpected(call.doing, 'Pebble named no change', answer.statusCode);
  return { change, result: parseResult(result, call) };
}

/**
 * Reads the envelope around every JSON answer, and throws `PebbleApiError` if it holds an error. The HTTP status
 * alone says too little: an unhealthy answer of /v1/health is a 502 that is no error.
 */
export function readEnvelope(doing: string, answer: PebbleAnswer): Envelope {
  const parsed = envelope.safeParse(parseJson(doing, answer));
  if (!parsed.success) throw unexpected(doing, z.prettifyError(parsed.error), answer.statusCode);
  if (parsed.data.type === 'error') throw apiError(doing, parsed.data.result, answer.statusCode);
  return parsed.data;
}

/** Makes the error of Pebble's description of one. A 404 is `not-found` even where Pebble names no kind. */
export function apiError(doing: string, result: unknown, statusCode: number): PebbleApiError {
  const parsed = errorResult.safeParse(result);
  const { message, kind } = parsed.success
    ? parsed.data
    : { message: JSON.stringify(result), kind: undefined };
  const fallback = statusCode === 404 ? 'not-found' : 'unspecified';
  return new PebbleApiError(doing, message, { kind: kind ?? fallback, statusCode });
}

/** Makes the error of an answer that no Pebble should give. */
export function unexpected(doing: string, why: string, statusCode?: number): PebbleError {
  return new PebbleError(doing, `Pebble's answer was not understood: ${why}`, {
    kind: 'unexpected-answer',
    statusCode,
  });
}

function toRequest<T>({ doing, path, query = {}, body, timeoutMs }: ApiCall<T>): PebbleRequest {
  const request = { doing, path: withQuery(path, query), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  if (body === undefined) return { ...request, method: 'GET' };
  return {
    ...request,
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** Adds query parameters to a path. */
export function withQuery(path: string, query: NonNullable<ApiCall<unknown>['query']>): string {
  const parameters = Object.entries(query).flatMap(([key, value]) =>
    [value ?? []].flat().map((one): [string, string] => [key, one]),
  );
  return parameters.length === 0 ? path : `${path}?${new URLSearchParams(parameters).toString()}`;
}

function parseJson(doing: string, { body, statusCode }: PebbleAnswer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    const why = `Pebble's answer was no JSON: ${body.toString('utf8', 0, 200)}`;
    throw new PebbleError(doing, why, { kind: 'unexpected-answer', statusCode, cause });
  }
}

function parseResult<T>(result: unknown, { doing, result: schema }: ApiCall<T>): T {
  const parsed = schema.safeParse(result);
  if (!parsed.success) throw unexpected(doing, z.prettifyError(parsed.error));
  return parsed.data;
}

import type * as z from 'zod/mini';
import type { TlsTarget } from '../http/connections.ts';
import { createHttpClient } from '../http/http-client.ts';
import { MimirApiError } from './errors.ts';

/** A request to Mimir's HTTP API. */
export interface MimirRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query, without the host. */
  readonly path: string;
  /** Sent as YAML. */
  readonly yaml?: string;
  /** Sent as JSON. */
  readonly json?: string;
  /** Where the answer could be a page for people, what it is to be. */
  readonly accept?: 'application/json';
  /** How long it may take, in milliseconds, where that is not what others may. */
  readonly timeoutMs?: number;
}

/** What Mimir answered, whatever its status. */
export interface MimirAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends one request. */
export type SendRequest = (request: MimirRequest) => Promise<MimirAnswer>;

export type { TlsTarget };

/** How requests are sent. */
export interface RequestOptions {
  /** How long one may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How the server is known, if it speaks TLS. */
  readonly tls?: TlsTarget | undefined;
}

/** How much of an answer's text an error quotes, in characters. */
const excerptLength = 500;

/**
 * Makes a function that sends requests to `baseUrl`, each of which must be answered within `timeoutMs`. Idle
 * connections do not keep the process alive.
 *
 * @throws MimirApiError from that function when no answer came; any answer is returned.
 */
export function requestsTo(baseUrl: string, { timeoutMs, tls }: RequestOptions): SendRequest {
  const { hostname, port, pathname } = new URL(baseUrl);
  const defaultPort = tls === undefined ? 80 : 443;
  const http = createHttpClient({ host: hostname, port: port === '' ? defaultPort : Number(port), tls });
  const base = pathname.replace(/\/+$/, '');
  return async ({ method, path, yaml, json, ...other }) => {
    const body = yaml ?? json;
    const type = yaml === undefined ? 'application/json' : 'application/yaml';
    const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': type };
    if (other.accept !== undefined) headers['Accept'] = other.accept;
    try {
      const answer = await http.send({
        method,
        path: base + path,
        headers,
        body,
        timeoutMs: other.timeoutMs ?? timeoutMs,
      });
      return { status: answer.status, text: answer.body.toString('utf8') };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new MimirApiError(why, { method, path }, error);
    }
  };
}

/**
 * Returns the text of an answer with a status of 200 to 299, or one of `accepted`.
 *
 * @throws MimirApiError for every other answer.
 */
export function accept(sent: MimirRequest, answer: MimirAnswer, accepted: readonly number[] = []): string {
  const { status, text: body } = answer;
  if ((status >= 200 && status < 300) || accepted.includes(status)) return body;
  throw unexpected(sent, answer, { why: `${status} ${excerpt(body)}` });
}

/** The error for an answer that was well received and yet is not what the API promises. */
function unexpected(
  { method, path }: MimirRequest,
  { status, text: body }: MimirAnswer,
  { why, cause }: { readonly why: string; readonly cause?: unknown },
): MimirApiError {
  return new MimirApiError(why, { method, path, status, body: excerpt(body) }, cause);
}

/** What an answer's text is parsed by, and what it must be then. */
export interface Reader<T> {
  readonly schema: z.ZodMiniType<T>;
  readonly parse: (text: string) => unknown;
}

/** Reads what a path answers. Throws MimirApiError if that is nothing, an error, or something else. */
export async function readAs<T>(
  send: SendRequest,
  path: string,
  { accept: type, ...reader }: Reader<T> & Pick<MimirRequest, 'accept'>,
): Promise<T> {
  const request: MimirRequest = { method: 'GET', path, ...(type === undefined ? {} : { accept: type }) };
  return readAnswer(request, await send(request), reader);
}

/** Reads an answer; throws MimirApiError if it is an error, or something else. */
export function readAnswer<T>(request: MimirRequest, answer: MimirAnswer, reader: Reader<T>): T {
  const text = accept(request, answer);
  try {
    return reader.schema.parse(reader.parse(text));
  } catch (error) {
    throw unexpected(request, answer, { why: 'the answer is not what its API says', cause: error });
  }
}

/** The start of an answer's text, as an error or a status quotes it. */
export function excerpt(body: string): string {
  return body.trim().slice(0, excerptLength);
}

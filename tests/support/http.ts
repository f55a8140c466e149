import { request as requestInClear } from 'node:http';
import { request as requestOverTls } from 'node:https';

/** What a request answered. */
export interface HttpAnswer {
  /** 0 if no answer came; the text then says why. */
  readonly status: number;
  readonly text: string;
}

/** A request to a port of this machine. */
export interface HttpCall {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly body?: string | Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** No limit if left out. */
  readonly timeoutMs?: number;
  /** How the other side is known by its certificate; in clear if left out. */
  readonly tls?: { readonly ca: string; readonly servername: string };
}

/** Asks one place for a path. */
export type Ask = (path: string, options?: Omit<HttpCall, 'port' | 'path'>) => Promise<HttpAnswer>;

/** Makes a request on a connection of its own; that no answer came is a result too. */
export function sendHttp({
  port,
  path,
  method = 'GET',
  body,
  headers = {},
  timeoutMs,
  tls,
}: HttpCall): Promise<HttpAnswer> {
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  return new Promise((resolve) => {
    const fail = ({ message }: Error) => {
      resolve({
        status: 0,
        text: signal?.aborted === true ? `no answer within ${timeoutMs ?? 0} ms` : message,
      });
    };
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method,
      headers,
      agent: false,
      ...(signal && { signal }),
    };
    const request = tls === undefined ? requestInClear : requestOverTls;
    const outgoing = request({ ...options, ...tls }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () => {
        resolve({ status: answer.statusCode ?? 0, text });
      });
      answer.once('error', fail);
    });
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}

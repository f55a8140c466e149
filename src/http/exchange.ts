import type { Socket } from 'node:net';
import { createAnswerReader, type ReadAnswer } from './answer-reader.ts';

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path with query. */
  readonly path: string;
  /** Host and Content-Length are added. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | undefined;
  /** Milliseconds until the whole answer must be there. */
  readonly timeoutMs: number;
}

/** No whole answer came in time. */
export class HttpTimeoutError extends Error {
  override readonly name = 'HttpTimeoutError';
}

/** Sends a request over a connection that is free, and reads its answer; whatever goes wrong ends the connection. */
export function exchange(socket: Socket, request: HttpRequest, host: string): Promise<ReadAnswer> {
  const wire = encodeRequest(request, host);
  return new Promise((resolve, reject) => {
    const reader = createAnswerReader();
    const settle = () => {
      clearTimeout(timer);
      socket.off('data', receive).off('error', fail).off('close', end);
    };
    const fail = (error: Error) => {
      settle();
      socket.destroy();
      reject(error);
    };
    const take = (answer: ReadAnswer) => {
      settle();
      resolve(answer);
    };
    const receive = (chunk: Buffer) => {
      try {
        const answer = reader.feed(chunk);
        if (answer !== undefined) take(answer);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const end = () => {
      const answer = reader.finish();
      if (answer === undefined) fail(new Error('the connection was closed before the answer was whole'));
      else take(answer);
    };
    const timer = setTimeout(() => {
      fail(new HttpTimeoutError(`no answer within ${request.timeoutMs} ms`));
    }, request.timeoutMs);
    socket.on('data', receive).once('error', fail).once('close', end);
    socket.write(wire);
  });
}

function encodeRequest({ method, path, headers, body }: HttpRequest, host: string): Buffer {
  const content = Buffer.from(body ?? '');
  const length = body === undefined ? {} : { 'Content-Length': String(content.length) };
  if (/\s/.test(path)) throw new Error(`cannot request ${JSON.stringify(path)}: a path has no blanks`);
  const lines = Object.entries({ Host: host, ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([
    Buffer.from(`${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`),
    content,
  ]);
}

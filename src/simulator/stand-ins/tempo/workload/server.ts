import { createServer, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Journal } from './journal.ts';
import { decodeSpans } from './span.ts';

/** Port of OTLP over HTTP (OpenTelemetry). */
export const receiverPort = 4318;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A receiver of OTLP over HTTP: `POST /v1/traces`, protobuf or JSON, gzipped or not; `GET /journal` is its own. */
export function createReceiver(journal: Journal): Server {
  return createServer((request, response) => {
    answer(request, journal).then(
      ({ status, contentType, body }) => {
        response.writeHead(status, { 'Content-Type': contentType }).end(body);
      },
      (error: unknown) => {
        process.stderr.write(`cannot answer ${request.url ?? ''}: ${String(error)}\n`);
        response.destroy();
      },
    );
  });
}

async function answer(request: IncomingMessage, journal: Journal): Promise<Answer> {
  const json = (body: unknown): Answer => ({
    ...{ status: 200, contentType: 'application/json', body: JSON.stringify(body) },
  });
  const { method = '', url = '', headers } = request;
  const content = await buffer(request);
  if (`${method} ${url}` === 'GET /journal') return json(journal.view());
  const plain = (status: number, body: string): Answer => ({ status, contentType: 'text/plain', body });
  if (`${method} ${url}` !== 'POST /v1/traces') return plain(404, 'not found\n');
  const contentType = (headers['content-type'] ?? '').replace(/;.*$/, '');
  if (!/^application\/(json|x-protobuf)$/.test(contentType)) return plain(415, `${contentType}\n`);
  try {
    const unpacked = headers['content-encoding'] === 'gzip' ? gunzipSync(content) : content;
    journal.add(decodeSpans(unpacked, contentType));
  } catch (error) {
    return plain(400, `${String(error)}\n`);
  }
  // OpenTelemetry: an empty ExportTraceServiceResponse, in the encoding of the request.
  return { status: 200, contentType, body: contentType === 'application/json' ? '{}' : '' };
}

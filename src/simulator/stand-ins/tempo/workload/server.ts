import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Journal } from './journal.ts';
import { decodeSpans } from './span.ts';

/** Port of OTLP over HTTP (OpenTelemetry). */
export const receiverPort = 4318;

/** Port on the pod's loopback where the journal is shown, which is the stand-in's own. */
export const journalPort = 4319;

/** Takes traces by OTLP over HTTP: `POST /v1/traces`, protobuf or JSON, gzipped or not. */
export function receive(journal: Journal): RequestListener {
  return (request, response) => {
    take(request, response, journal).catch((error: unknown) => {
      process.stderr.write(`cannot answer ${request.url ?? ''}: ${String(error)}\n`);
      response.destroy();
    });
  };
}

/** Shows what was received, as JSON, at any path. */
export function showJournal(journal: Journal): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(journal.view()));
  };
}

async function take(request: IncomingMessage, response: ServerResponse, journal: Journal): Promise<void> {
  const { method = '', url = '', headers } = request;
  const content = await buffer(request);
  const refuse = (status: number, why: string) => {
    response.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${why}\n`);
  };
  if (`${method} ${url}` !== 'POST /v1/traces') {
    refuse(404, 'not found');
    return;
  }
  const contentType = (headers['content-type'] ?? '').replace(/;.*$/, '');
  if (!/^application\/(json|x-protobuf)$/.test(contentType)) {
    refuse(415, contentType);
    return;
  }
  try {
    const unpacked = headers['content-encoding'] === 'gzip' ? gunzipSync(content) : content;
    journal.add(decodeSpans(unpacked, contentType));
  } catch (error) {
    refuse(400, String(error));
    return;
  }
  // OpenTelemetry: an empty ExportTraceServiceResponse, in the encoding of the request.
  const body = contentType === 'application/json' ? '{}' : '';
  response.writeHead(200, { 'Content-Type': contentType }).end(body);
}

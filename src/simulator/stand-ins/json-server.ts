import { createServer, type IncomingMessage, type Server } from 'node:http';

/** What a request is answered with; without a body, with an empty text. */
export interface JsonAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Serves HTTP in JSON. An `answer` that is rejected goes to the log, and ends the connection. */
export function createJsonServer(answer: (request: IncomingMessage) => Promise<JsonAnswer>): Server {
  return createServer((request, response) => {
    answer(request).then(
      ({ status, body }) => {
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      },
      (error: unknown) => {
        process.stderr.write(`cannot answer ${request.url ?? ''}: ${String(error)}\n`);
        response.destroy();
      },
    );
  });
}

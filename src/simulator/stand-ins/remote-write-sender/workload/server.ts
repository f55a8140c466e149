import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Generator } from './generator.ts';

/** What `POST /send` takes. */
export const sendRequest = z.object({
  value: z.number(),
  metric: z
    .string()
    .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'is no metric name')
    .optional(),
});

/**
 * The workload's own HTTP interface: `GET /journal`, `GET /acknowledged`, `POST /send`, `POST /pause`, `POST /resume`, all
 * answering JSON.
 */
export function createJournalServer(generator: Generator): Server {
  const routes: Readonly<Record<string, (request: IncomingMessage) => unknown>> = {
    'GET /journal': () => generator.journal(),
    'GET /acknowledged': () => generator.acknowledged(),
    'POST /pause': () => {
      generator.pause();
      return generator.journal();
    },
    'POST /resume': () => {
      generator.resume();
      return generator.journal();
    },
    'POST /send': async (request) => {
      const { value, metric } = sendRequest.parse(JSON.parse(await text(request)));
      return generator.send(value, metric);
    },
  };

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const route = routes[`${request.method ?? ''} ${request.url ?? ''}`];
    if (route === undefined)
      return { status: 404, body: { error: 'there are /journal, /acknowledged, /send, /pause and /resume' } };
    try {
      return { status: 200, body: await route(request) };
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      return { status: 400, body: { error: why } };
    }
  }

  return createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  });
}

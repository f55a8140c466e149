import type { IncomingMessage, Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { createJsonServer, type JsonAnswer } from '../../json-server.ts';
import { pushPath } from '../address.ts';

const stream = z.object({
  /** Path that the lines came to. */
  path: z.string(),
  labels: z.record(z.string(), z.string()),
  lines: z.int(),
  last: z.string(),
});

/** What `GET /journal` answers, which is the stand-in's own: all that was received. */
export const journal = z.object({ streams: z.array(stream) });

type Stream = z.infer<typeof stream>;

/** What is pushed, as JSON (Loki: HTTP API, ingest logs): labels, and pairs of nanoseconds since the epoch and a line. */
const pushed = z.object({
  streams: z.array(
    z.object({
      stream: z
        .record(z.string(), z.string())
        .refine((labels) => Object.keys(labels).length > 0, 'no labels'),
      values: z.array(z.tuple([z.string().regex(/^\d+$/), z.string()])),
    }),
  ),
});

/** Loki's HTTP interface, as far as who sends logs needs it, at its own path and behind any prefix. */
export function createLokiServer(): Server {
  const streams = new Map<string, Stream>();
  return createJsonServer((request) => answer(request, streams));
}

async function answer(request: IncomingMessage, streams: Map<string, Stream>): Promise<JsonAnswer> {
  const { method = '', url = '' } = request;
  if (method === 'GET' && url === '/ready') return { status: 200, body: 'ready' };
  if (method === 'GET' && url === '/journal')
    return { status: 200, body: { streams: [...streams.values()] } };
  if (method === 'POST' && url.endsWith(pushPath)) return take(url, await text(request), streams);
  return { status: 404, body: 'not found' };
}

function take(path: string, body: string, streams: Map<string, Stream>): JsonAnswer {
  const read = pushed.safeParse(parsed(body));
  if (!read.success) return { status: 400, body: z.prettifyError(read.error) };
  for (const { stream: labels, values } of read.data.streams) {
    const key = JSON.stringify([path, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
    const before = streams.get(key);
    const lines = (before?.lines ?? 0) + values.length;
    streams.set(key, { path, labels, lines, last: values.at(-1)?.[1] ?? before?.last ?? '' });
  }
  return { status: 204 };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** A POST that a receiver got. */
export interface ReceivedPost {
  readonly path: string;
  readonly body: string;
}

/** An HTTP server that takes every POST and keeps it, as an Alertmanager or a chat would. */
export interface AlertReceiver {
  readonly url: string;
  readonly posts: readonly ReceivedPost[];
  stop(): void;
}

/** Starts a receiver on a port of its own. */
export async function startAlertReceiver(): Promise<AlertReceiver> {
  const posts: ReceivedPost[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      posts.push({ path: request.url ?? '', body });
      response.end();
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return z.object({ port: z.number() }).parse(server.address()).port;
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
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

/** A certificate for `localhost` and its key, in PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Starts a receiver on a port of its own; with a certificate it speaks HTTPS. */
export async function startAlertReceiver(certificate?: ServerCertificate): Promise<AlertReceiver> {
  const posts: ReceivedPost[] = [];
  const take = (request: IncomingMessage, response: ServerResponse) => {
    void text(request).then((body) => {
      posts.push({ path: request.url ?? '', body });
      response.end();
    });
  };
  const server = certificate === undefined ? createServer(take) : createTlsServer(certificate, take);
  const port = await listen(server);
  return {
    url: certificate === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
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

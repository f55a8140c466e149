import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { sendHttp, type Ask } from '../../../support/http.ts';

/** A place that answers as told, and can be closed. */
export interface Answering {
  readonly ask: Ask;
  readonly close: () => void;
}

/** Starts one; `answer` gets the path. */
export async function answering(
  answer: (path: string, response: ServerResponse) => void,
): Promise<Answering> {
  const server = createServer((request, response) => {
    answer(request.url ?? '', response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    ask: (path, options) => sendHttp({ ...options, port, path }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

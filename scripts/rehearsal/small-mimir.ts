import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { dump, load } from 'js-yaml';

/** Serves, on a unix socket, what of Mimir's API a dispatch asks for; the ruler holds what it is given. */
export async function serveMimir(path: string): Promise<void> {
  const namespaces = new Map<string, unknown[]>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const [, namespace] = /^\/prometheus\/config\/v1\/rules\/(.*)$/.exec(request.url ?? '') ?? [];
      if (namespace !== undefined) namespaces.set(decodeURIComponent(namespace), [load(body)]);
      response.end(request.url === '/ready' ? 'ready\n' : dump(Object.fromEntries(namespaces)));
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

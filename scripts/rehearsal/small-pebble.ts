import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { paths } from '../../src/mimir/paths.ts';
import { readMultipart, writeMultipart, type Part } from '../../src/pebble/multipart.ts';

/** A container with a Mimir that runs. */
export interface SmallPebble {
  /** The requests that changed something since the last call, without the replan that every dispatch makes. */
  takeChanges(): readonly string[];
}

/** A plan whose Mimir has told its version, so that it need not be asked. */
const firstPlan =
  'services:\n  mimir:\n    override: replace\n    environment:\n      MIMIR_K8S_VERSION: 3.0.5\n';

const layerBody = z.object({ layer: z.string() });

interface Call {
  readonly method: string;
  readonly url: URL;
  readonly contentType: string;
  readonly body: Buffer;
}

interface Answer {
  readonly contentType: string;
  readonly body: Buffer | string;
}

/** Serves, on a unix socket, what of Pebble's API a dispatch asks for; it runs no command. */
export async function servePebble(path: string): Promise<SmallPebble> {
  const changes: string[] = [];
  const answer = createPebble(changes);
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', headers } = request;
      const url = new URL(request.url ?? '', 'http://pebble');
      const { contentType, body: text } = answer({
        method,
        url,
        contentType: headers['content-type'] ?? '',
        body,
      });
      response.setHeader('Content-Type', contentType).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { takeChanges: () => changes.splice(0) };
}

type Files = Map<string, Buffer>;

function createPebble(changes: string[]): (call: Call) => Answer {
  const files: Files = new Map();
  let plan = firstPlan;
  const writes: Readonly<Record<string, (call: Call) => Answer>> = {
    '/v1/files': (call) => writeFiles(files, call),
    '/v1/layers': ({ body }) => {
      plan = layerBody.parse(JSON.parse(body.toString())).layer;
      return json(true);
    },
    '/v1/services': () => json(null, { type: 'async', change: '1' }),
  };
  const reads: Readonly<Record<string, (call: Call) => Answer>> = {
    '/v1/plan': () => json(plan),
    '/v1/files': ({ url }) => readFiles(files, url.searchParams.getAll('path')),
    '/v1/services': () => json([{ name: 'mimir', startup: 'enabled', current: 'active' }]),
    '/v1/changes/1/wait': () =>
      json({ id: '1', kind: 'replan', summary: 'Replan', status: 'Done', ready: true }),
  };
  return (call) => {
    const { pathname } = call.url;
    if (call.method === 'POST' && pathname !== '/v1/services') changes.push(`POST ${pathname}`);
    const found = (call.method === 'POST' ? writes : reads)[pathname];
    return found?.(call) ?? json({ message: 'there is no such thing here' }, { type: 'error' });
  };
}

function readFiles(files: Files, wanted: readonly string[]): Answer {
  const parts = wanted.flatMap((path): Part[] => {
    const content = files.get(path);
    return content === undefined ? [] : [{ name: 'files', filename: path, content }];
  });
  const missing = { kind: 'not-found', message: 'not found' };
  const { body } = json(wanted.map((path) => (files.has(path) ? { path } : { path, error: missing })));
  return writeMultipart([...parts, { name: 'response', content: Buffer.from(body) }]);
}

/** Writes files, or removes some, which only ever are gone already. */
function writeFiles(files: Files, call: Call): Answer {
  const written = (readMultipart(call) ?? []).filter(({ name }) => name === 'files');
  for (const { filename = '', content } of written) {
    files.set(filename, content);
    // What the charm asks to have validated is good.
    if (filename === paths.candidateConfig) files.set(paths.lastGood.config, content);
  }
  return json(written.map(({ filename }) => ({ path: filename })));
}

/** Pebble's envelope around a result. */
function json(result: unknown, rest: Readonly<Record<string, string>> = {}): Answer {
  const body = JSON.stringify({ type: 'sync', 'status-code': 200, status: 'OK', result, ...rest });
  return { contentType: 'application/json', body };
}

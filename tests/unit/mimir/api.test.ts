import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createMimirClient } from '../../../src/mimir/api.ts';
import { MimirApiError } from '../../../src/mimir/errors.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Serves `listener` on a port of its own, until the test ends. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}`;
}

/** Where nothing listens any more. */
async function closedPort(): Promise<string> {
  const url = await serve(() => undefined);
  stops.pop()?.();
  return url;
}

/** A client of a server that answers everything with `status` and `text`, and the requests that it got. */
async function answering(status: number, text: string) {
  const requests: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    requests.push(request);
    response.writeHead(status).end(text);
  });
  return { client: createMimirClient(`${url}/`, { timeoutMs: 2000 }), requests };
}

async function failureOf(promise: Promise<unknown>): Promise<MimirApiError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof MimirApiError) return error;
  throw new Error('expected a MimirApiError', { cause: error });
}

describe('ready', () => {
  test('is what Mimir says', async () => {
    const { client } = await answering(200, 'ready\n');
    expect(await client.ready()).toEqual({ ready: true });
  });

  test("gives Mimir's own reason", async () => {
    const { client } = await answering(503, 'Some services are not Running:\nStarting: 1\n');
    expect(await client.ready()).toEqual({
      ready: false,
      reason: 'Some services are not Running:\nStarting: 1',
      listens: true,
    });
  });

  test('is a reason and no exception when nothing listens', async () => {
    const url = await closedPort();
    const client = createMimirClient(url, { timeoutMs: 2000 });
    expect(await client.ready()).toEqual({
      ready: false,
      reason: `cannot GET /ready of Mimir: connect ECONNREFUSED ${url.slice('http://'.length)}`,
      listens: false,
    });
  });

  test('is a reason and no exception when nothing answers', async () => {
    const client = createMimirClient(await serve(() => undefined), { timeoutMs: 50 });
    expect(await client.ready()).toEqual({
      ready: false,
      reason: 'cannot GET /ready of Mimir: no answer within 50 ms',
      listens: false,
    });
  });
});

test('an error carries what was asked and what was answered', async () => {
  const { client } = await answering(400, 'group "g", rule 0: bad\n');
  const error = await failureOf(client.setRuleGroup('n/1', { name: 'g', rules: [] }));
  expect(error).toMatchObject({
    message: 'cannot POST /prometheus/config/v1/rules/n%2F1 of Mimir: 400 group "g", rule 0: bad',
    method: 'POST',
    path: '/prometheus/config/v1/rules/n%2F1',
    status: 400,
    body: 'group "g", rule 0: bad',
  });
});

test('an error of the network keeps its cause and has no status', async () => {
  const error = await failureOf(createMimirClient(await closedPort(), { timeoutMs: 2000 }).config());
  expect(error.status).toBeUndefined();
  expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
});

test.each(['<html>', '{"numSeries": "many"}'])('an answer of another kind, %s, is an error', async (text) => {
  const { client } = await answering(200, text);
  const error = await failureOf(client.userStats());
  expect(error.message).toBe('cannot GET /api/v1/user_stats of Mimir: the answer is not what its API says');
  expect(error.cause).toBeInstanceOf(Error);
});

test('a redirect is not followed, since a POST would become a GET', async () => {
  const url = await serve((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end());
  const error = await failureOf(createMimirClient(url, { timeoutMs: 2000 }).config());
  expect(error.status).toBe(302);
});

test('names are quoted in paths', async () => {
  const { client, requests } = await answering(202, '');
  await client.deleteRuleGroup('juju-relation-1', 'a/b c?ö');
  await client.deleteNamespace('x/y');
  expect(requests.map(({ method, url }) => `${method ?? ''} ${url ?? ''}`)).toEqual([
    'DELETE /prometheus/config/v1/rules/juju-relation-1/a%2Fb%20c%3F%C3%B6',
    'DELETE /prometheus/config/v1/rules/x%2Fy',
  ]);
});

test('deleting what is gone already is fine', async () => {
  const { client, requests } = await answering(404, 'group namespace does not exist');
  await client.deleteRuleGroup('n', 'g');
  await client.deleteNamespace('n');
  expect(requests).toHaveLength(2);
});

describe("the configuration of Mimir's Alertmanager", () => {
  test.each([
    ['nothing was ever stored', 404, 'alertmanager storage object not found\n'],
    ['the fallback stands in', 200, 'template_files: {}\nalertmanager_config: ""\n'],
  ])('is none when %s', async (_name, status, text) => {
    const { client } = await answering(status, text);
    expect(await client.alertmanagerConfig()).toBeUndefined();
  });

  test('is read with its templates', async () => {
    const { client } = await answering(
      200,
      'template_files:\n  a: "1"\nalertmanager_config: |\n  route: {}\n',
    );
    expect(await client.alertmanagerConfig()).toEqual({ config: 'route: {}\n', templates: { a: '1' } });
  });

  test('is refused in one line, which is a verdict and no exception', async () => {
    const words =
      'error validating Alertmanager config: yaml: unmarshal errors:\n  line 1: field a not found\n';
    const { client, requests } = await answering(400, words);
    expect(await client.setAlertmanagerConfig({ config: 'a: b', templates: {} })).toEqual({
      accepted: false,
      reason: 'yaml: unmarshal errors: line 1: field a not found',
    });
    expect(requests[0]?.headers['content-type']).toBe('application/yaml');
  });

  test.each([404, 500, 503])('cannot be set while Mimir answers %i, which is no verdict', async (status) => {
    const { client } = await answering(status, 'unable to store the Alertmanager config');
    const error = await failureOf(client.setAlertmanagerConfig({ config: 'a: b', templates: {} }));
    expect(error).toMatchObject({ status, method: 'POST', path: '/api/v1/alerts' });
  });
});

test('a rule that was never evaluated has no time of it, and one without fault no error', async () => {
  const never = '0001-01-01T00:00:00Z';
  const rule = {
    type: 'recording',
    name: 'r',
    query: 'up',
    health: 'unknown',
    lastError: '',
    lastEvaluation: never,
  };
  const group = { name: 'g', file: 'n', interval: 60, lastEvaluation: never, rules: [rule] };
  const { client } = await answering(200, JSON.stringify({ status: 'success', data: { groups: [group] } }));
  expect(await client.ruleStatuses()).toEqual([
    {
      namespace: 'n',
      name: 'g',
      interval: 60,
      lastEvaluation: undefined,
      rules: [
        {
          type: 'recording',
          name: 'r',
          expr: 'up',
          labels: {},
          health: 'unknown',
          lastError: undefined,
          lastEvaluation: undefined,
        },
      ],
    },
  ]);
});

test('a kept connection does not keep the process alive', async () => {
  const { client } = await answering(200, 'ready');
  expect(await client.ready()).toEqual({ ready: true });
  const url = await serve((_request, response) => response.end('ready'));
  const api = new URL('../../../src/mimir/api.ts', import.meta.url).href;
  const script = `
    const { createMimirClient } = await import('${api}');
    const answer = await createMimirClient('${url}', { timeoutMs: 60_000 }).ready();
    const answeredAt = performance.now();
    process.on('exit', () => console.log(answer.ready, performance.now() - answeredAt < 1000));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 8000,
  });
  expect(stdout).toBe('true true\n');
});

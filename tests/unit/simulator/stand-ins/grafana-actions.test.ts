import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { runAction } from '../../../../src/simulator/stand-ins/grafana/actions.ts';
import type { DataSource } from '../../../../src/simulator/stand-ins/grafana/datasources.ts';
import { customHeaders, readAnswer } from '../../../../src/simulator/stand-ins/grafana/query.ts';
import { dispatched, fakeJuju } from './fake-juju.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const tenant = {
  jsonData: { httpHeaderName1: 'X-Scope-OrgID' },
  secureJsonData: { httpHeaderValue1: 'anonymous' },
};

function aSource(changes: Partial<DataSource> = {}): DataSource {
  return {
    name: 'juju_m_u_mimir',
    type: 'prometheus',
    url: 'http://127.0.0.1:1/prometheus',
    ...tenant,
    ...changes,
  };
}

/** A Prometheus API that answers as told, and keeps the requests. */
async function prometheus(status: number, body: unknown) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/prometheus`, requests };
}

async function act(action: string, peerBag: Record<string, string>, parameters: object = {}) {
  const peers = { endpoint: 'grafana', app: 'standin', units: [], bags: { standin: peerBag } };
  const { tools, results, failure } = fakeJuju(
    { leader: false, config: {}, relations: { 0: peers } },
    parameters,
  );
  await runAction(action, { tools, environment: dispatched('start').environment });
  return { results, failure: failure() };
}

const withSources = (...sources: DataSource[]) => ({ sources: JSON.stringify({ 4: sources }) });
const vector = (...values: string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1.5, value] })) },
});

describe('the action list-datasources', () => {
  it('shows each data source, with its secrets masked', async () => {
    const { results } = await act('list-datasources', withSources(aSource({ unit: 'mimir/0' })));
    expect(results).toEqual({
      count: '1',
      'datasources.0.name': 'juju_m_u_mimir',
      'datasources.0.unit': 'mimir/0',
      'datasources.0.type': 'prometheus',
      'datasources.0.url': 'http://127.0.0.1:1/prometheus',
      'datasources.0.json-data': '{"httpHeaderName1":"X-Scope-OrgID"}',
      'datasources.0.secure-json-data': '{"httpHeaderValue1":"[redacted]"}',
    });
  });

  it('shows that there is none', async () => {
    expect((await act('list-datasources', {})).results).toEqual({ count: '0' });
  });
});

describe('the action query', () => {
  it('sends the query with the headers of the data source, and shows the values', async () => {
    const { url, requests } = await prometheus(200, vector('3', '4'));
    const source = aSource({ url: `${url}/` });
    const { results, failure } = await act('query', withSources(source), { expr: 'sum by (a) (up)' });
    expect(failure).toBeUndefined();
    expect(requests[0]?.url).toBe('/prometheus/api/v1/query?query=sum%20by%20(a)%20(up)');
    expect(requests[0]?.headers).toMatchObject({ 'x-scope-orgid': 'anonymous' });
    expect(results).toMatchObject({ status: '200', datasource: source.name, values: '["3","4"]' });
    expect(JSON.parse(results['result'] ?? '')).toHaveLength(2);
  });

  it('goes through the data source that is named', async () => {
    const { url } = await prometheus(200, vector('1'));
    const sources = withSources(aSource(), aSource({ name: 'other', url }));
    const { results } = await act('query', sources, { expr: 'up', datasource: 'other' });
    expect(results).toMatchObject({ datasource: 'other', url, values: '["1"]' });
  });

  it('fails with what the data source says of a query that it refuses', async () => {
    const { url } = await prometheus(400, '{"status":"error","error":"parse error"}');
    const { results, failure } = await act('query', withSources(aSource({ url })), { expr: 'up{' });
    expect(failure).toBe(`cannot query ${url}: 400 {"status":"error","error":"parse error"}`);
    expect(results).toMatchObject({ status: '400' });
  });

  it('fails on an answer that is none of Prometheus', async () => {
    const { url } = await prometheus(200, '<html>');
    expect((await act('query', withSources(aSource({ url })), { expr: 'up' })).failure).toBe(
      `cannot query ${url}: 200 <html>`,
    );
  });

  it('fails with the reason if no one answers', async () => {
    const { url } = await prometheus(200, '');
    servers.pop()?.close();
    const { failure } = await act('query', withSources(aSource({ url })), { expr: 'up' });
    expect(failure).toMatch(/^cannot query http:.*ECONNREFUSED/);
  });

  it.each([
    [{}, {}, /^cannot query: .*expr/s],
    [{}, { expr: 'up' }, /there is no data source; relate one/],
    [
      withSources(aSource()),
      { expr: 'up', datasource: 'x' },
      /no data source x; set datasource to one of juju_m/,
    ],
    [
      withSources(aSource(), aSource({ name: 'b' })),
      { expr: 'up' },
      /there are several data sources; .*, b$/,
    ],
  ])('with the data sources %j and the parameters %j fails and says why', async (bag, parameters, why) => {
    expect((await act('query', bag, parameters)).failure).toMatch(why);
  });
});

describe('the action get-admin-password', () => {
  it('shows the password and where Grafana would be', async () => {
    expect((await act('get-admin-password', { admin_password: 's3cret' })).results).toEqual({
      url: 'http://standin-2.standin-endpoints.cos.svc.cluster.local:3000',
      'admin-password': 's3cret',
    });
  });

  it('fails before there is one', async () => {
    expect((await act('get-admin-password', {})).failure).toMatch(/^cannot show the password: /);
  });
});

describe('what a query needs', () => {
  it('are all headers up to the first number that is missing', () => {
    const jsonData = { httpHeaderName1: 'A', httpHeaderName2: 'B', httpHeaderName4: 'D', timeout: 300 };
    expect(customHeaders(aSource({ jsonData, secureJsonData: { httpHeaderValue1: 'a' } }))).toEqual({
      A: 'a',
      B: '',
    });
  });

  it.each([
    ['scalar', [1, '5'], ['5']],
    ['matrix', [{ metric: {}, values: [[1, '2']] }], []],
  ])('reads a %s', (resultType, result, values) => {
    const body = JSON.stringify({ status: 'success', data: { resultType, result } });
    expect(readAnswer(body)).toEqual({ result, values });
  });
});

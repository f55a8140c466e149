import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readBundle, unpackRules } from '../../../../src/interfaces/otlp.ts';
import { runAction } from '../../../../src/simulator/stand-ins/otlp-sender/actions.ts';
import { encodeMetrics } from '../../../../src/simulator/stand-ins/otlp-sender/encode.ts';
import { reconcile } from '../../../../src/simulator/stand-ins/otlp-sender/reconcile.ts';
import { captured as capturedDatabags } from './captured-databags.ts';
import { dispatched, fakeJuju, modelUuid, type FakeState } from './fake-juju.ts';

const captured = capturedDatabags('otlp');

function aState(changes: { leader?: boolean; config?: object; provider?: Record<string, string> } = {}) {
  const { leader = true, config = {}, provider = captured.provider_app } = changes;
  const state: FakeState = {
    leader,
    config: { rules: '{alert: Down, expr: up == 0}', raw_rules: '', ...config },
    relations: {
      4: { endpoint: 'send-otlp', app: 'mimir-k8s', units: [], bags: { 'mimir-k8s': provider } },
    },
  };
  return state;
}

const keysOf = (text = '') => Object.keys(z.looseObject({}).parse(JSON.parse(text)));

async function run(state: FakeState, hook = 'config-changed') {
  const juju = fakeJuju(state);
  const about = hook.includes('-relation-') ? { relation: 4 } : undefined;
  const { environment, event } = dispatched(hook, about);
  await reconcile(event, { environment, tools: juju.tools });
  return { status: juju.status(), bag: state.relations[4]?.bags['standin'] ?? {} };
}

describe('the OTLP sender', () => {
  it('publishes its rules compressed, as the charm reads them, and who it is', async () => {
    const { bag, status } = await run(aState());
    const bundle = await unpackRules(bag['rules'] ?? '', 1_000_000);
    expect(bundle.ok && readBundle(bundle.value)).toMatchObject({
      ok: true,
      value: { groups: [{ name: 'cos_3f0e8c1a_standin_single_rules', rules: [{ alert: 'Down' }] }] },
    });
    expect(keysOf(bag['metadata'])).toEqual(keysOf(captured.requirer_app['metadata']));
    const url = 'http://mimir-k8s.cos.svc.cluster.local:8080/otlp';
    expect(status).toEqual(['active', `can send to ${url}`]);
  });

  it('publishes a text of the user as it is', async () => {
    const { bag } = await run(aState({ config: { raw_rules: '"%%%' } }));
    expect(bag['rules']).toBe('"%%%');
  });

  it('leaves the databag to the leader', async () => {
    expect((await run(aState({ leader: false }))).bag).toEqual({});
  });

  it('is blocked by rules that cannot be read', async () => {
    const { status } = await run(aState({ config: { rules: 'words' } }));
    expect(status?.[0]).toBe('blocked');
  });

  it.each([
    ['nothing', {}],
    ['what is not JSON', { endpoints: '[' }],
    ['gRPC only', { endpoints: '[{"protocol": "grpc", "endpoint": "x", "telemetries": ["metrics"]}]' }],
    ['logs only', { endpoints: '[{"protocol": "http", "endpoint": "x", "telemetries": ["logs"]}]' }],
  ])('waits while it is told %s', async (_what, provider) => {
    const { status } = await run(aState({ provider }));
    expect(status).toEqual(['waiting', 'waiting for an endpoint over send-otlp']);
  });

  it('counts a relation that breaks as gone', async () => {
    const { status, bag } = await run(aState(), 'send-otlp-relation-broken');
    expect({ status: status?.[0], bag }).toEqual({ status: 'waiting', bag: {} });
  });
});

describe('its action send', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A receiver that answers `status`; what it was sent, by path. */
  async function aReceiver(status: number) {
    const received: { path: string | undefined; type: string | undefined; body: Buffer }[] = [];
    const server = createServer((request, response) => {
      void buffer(request).then((body) => {
        received.push({ path: request.url, type: request.headers['content-type'], body });
        response.writeHead(status, { Location: '/elsewhere' }).end('said so');
      });
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const endpoint = `http://127.0.0.1:${port ?? 0}/otlp`;
    const endpoints = JSON.stringify([{ protocol: 'http', endpoint, telemetries: ['metrics'] }]);
    return { received, endpoint, state: aState({ provider: { endpoints } }) };
  }

  async function send(state: FakeState, parameters: object) {
    const juju = fakeJuju(state, parameters);
    await runAction('send', { environment: dispatched('config-changed').environment, tools: juju.tools });
    return juju;
  }

  it('posts the gauge behind the path of the endpoint, and tells what it sent', async () => {
    const { received, endpoint, state } = await aReceiver(200);
    const { results, failure } = await send(state, { value: 4.5, metric: 'm' });
    expect(failure()).toBeUndefined();
    expect(results).toMatchObject({ metric: 'm', value: '4.5', urls: JSON.stringify([endpoint]) });
    const attributes = {
      juju_model: 'cos',
      juju_model_uuid: modelUuid,
      juju_application: 'standin',
      juju_unit: 'standin/2',
      juju_charm: 'otlp-sender',
    };
    const gauge = { name: 'm', value: 4.5, timestamp: Number(results['timestamp']), attributes };
    const resource = { 'service.name': 'standin', 'service.instance.id': 'standin/2' };
    const body = Buffer.from(encodeMetrics(resource, gauge));
    expect(received).toEqual([{ path: '/otlp/v1/metrics', type: 'application/x-protobuf', body }]);
  });

  it.each([400, 503, 308])('fails at an answer %i, and follows no redirect', async (status) => {
    const { received, state } = await aReceiver(status);
    const { failure } = await send(state, { value: 1 });
    expect(failure()).toMatch(new RegExp(`/otlp/v1/metrics: ${status} said so$`));
    expect(received).toHaveLength(1);
  });

  it('fails without an endpoint', async () => {
    const { failure } = await send(aState({ provider: {} }), { value: 1 });
    expect(failure()).toBe('cannot send: there is no endpoint to send to');
  });

  it('fails without a value', async () => {
    expect((await send(aState(), {})).failure()).toContain('cannot send: ');
  });
});

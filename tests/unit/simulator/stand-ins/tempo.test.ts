import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import protobuf from 'protobufjs/light.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publish, read } from '../../../../src/interfaces/tracing.ts';
import { encodeTrace } from '../../../../src/otlp/encode-trace.ts';
import type { Span } from '../../../../src/otlp/trace.ts';
import { PebbleUnreachableError } from '../../../../src/pebble/index.ts';
import { runAction } from '../../../../src/simulator/stand-ins/tempo/actions.ts';
import { reconcile, type TempoPebble } from '../../../../src/simulator/stand-ins/tempo/reconcile.ts';
import { createJournal } from '../../../../src/simulator/stand-ins/tempo/workload/journal.ts';
import { receive, showJournal } from '../../../../src/simulator/stand-ins/tempo/workload/server.ts';
import { dispatched, fakeJuju, type FakeState } from './fake-juju.ts';

const aState = (): FakeState => ({
  leader: true,
  config: { hang: false },
  relations: {
    4: { endpoint: 'tracing', app: 'mimir', units: [], bags: { mimir: publish() } },
    7: { endpoint: 'tracing', app: 'other', units: [], bags: { other: { receivers: '["zipkin"]' } } },
  },
});

async function run(state: FakeState, hook = 'config-changed', unreachable = false) {
  const juju = fakeJuju(state);
  const layers: unknown[] = [];
  const pebble: TempoPebble = {
    addLayer: (_label, layer) => {
      if (unreachable) return Promise.reject(new PebbleUnreachableError('add', 'no socket'));
      layers.push(layer);
      return Promise.resolve();
    },
    writeFiles: () => Promise.resolve(),
    replan: () =>
      Promise.resolve({ id: '1', kind: 'replan', summary: '', status: 'Done', ready: true, tasks: [] }),
  };
  const { environment, event } = dispatched(hook, hook.includes('relation') ? { relation: 4 } : undefined);
  await reconcile(event, { environment, tools: juju.tools, pebble });
  return { ...juju, layers };
}

describe('the tempo stand-in', () => {
  it('tells every relation of the receiver that somebody asked for, as the charm reads it', async () => {
    const state = aState();
    const { status } = await run(state);
    for (const id of [4, 7])
      expect(read(state.relations[id]?.bags['standin'] ?? {})).toEqual({
        ok: true,
        value: { url: 'http://standin.cos.svc.cluster.local:4318' },
      });
    expect(status()).toEqual(['active', '']);
  });

  it('has no receiver for who asks for another protocol, and asks nobody when its asker goes', async () => {
    const state = aState();
    await run(state, 'tracing-relation-broken');
    expect(read(state.relations[7]?.bags['standin'] ?? {})).toEqual({ ok: true, value: { url: undefined } });
    expect(state.relations[4]?.bags).not.toHaveProperty('standin');
  });

  it('asks a related authority for a certificate, and waits for it', async () => {
    const state = aState();
    const certificates = { endpoint: 'certificates', app: 'ca', units: [], bags: {} };
    const { status } = await run({ ...state, relations: { ...state.relations, 9: certificates } });
    expect(status()).toEqual(['waiting', 'waiting for a certificate']);
    expect(JSON.stringify(certificates.bags)).toContain('BEGIN CERTIFICATE REQUEST');
  });

  it('has its workload hang if it is told so, and waits for its container', async () => {
    const command = (hang: boolean) => ({
      services: { tempo: { command: expect.stringMatching(hang ? / 4318 hang$/ : / 4318$/) } },
    });
    expect((await run(aState())).layers).toMatchObject([command(false)]);
    const hanging = await run({ ...aState(), config: { hang: true } });
    expect(hanging.layers).toMatchObject([command(true)]);
    expect(hanging.status()).toEqual(['active', 'takes traces and never answers']);
    expect((await run(aState(), 'config-changed', true)).status()?.[0]).toBe('waiting');
  });
});

describe('its receiver', () => {
  const servers: Server[] = [];
  let base: string;
  let journalUrl: string;
  const listen = async (server: Server) => {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  };
  beforeEach(async () => {
    const journal = createJournal();
    base = await listen(createServer(receive(journal)));
    journalUrl = await listen(createServer(showJournal(journal)));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });
  const post = async (body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string>) => {
    const answer = await fetch(`${base}/v1/traces`, { method: 'POST', headers, body });
    return answer.status;
  };
  const listed = async (service = '') => {
    const { tools, results } = fakeJuju(aState(), { service });
    await runAction('list-traces', { tools, journalUrl });
    return results;
  };

  let made = 0;
  const span = (name: string, failure?: string): Span => ({
    name,
    start: 1,
    end: 2,
    attributes: {},
    failure,
  });
  const aTrace = () =>
    encodeTrace(
      {
        resource: { 'service.name': 'mimir-k8s-charm', juju_unit: 'mimir-k8s/0' },
        root: span('start'),
        children: [span('observe'), span('replan', 'why')],
      },
      (bytes) => {
        made += 1;
        return made.toString(16).padStart(2 * bytes, '0');
      },
    );

  it('takes the JSON that the charm sends, and shows the trace', async () => {
    expect(await post(aTrace(), { 'Content-Type': 'application/json' })).toBe(200);
    const { traces = '', ...rest } = await listed('mimir-k8s-charm');
    expect(JSON.parse(traces)).toEqual([
      {
        service: 'mimir-k8s-charm',
        resource: { 'service.name': 'mimir-k8s-charm', juju_unit: 'mimir-k8s/0' },
        root: 'start',
        children: ['observe', 'replan'],
        failed: ['replan'],
      },
    ]);
    expect(rest).toMatchObject({
      requests: '1',
      'services.0.service': 'mimir-k8s-charm',
      'services.0.spans': '3',
      'services.0.names': 'observe, replan, start',
    });
    expect((await listed('other'))['traces']).toBe('[]');
  });

  it.each([{}, { 'Content-Encoding': 'gzip' }])('takes protobuf with %j', async (encoding) => {
    const plain = aProtobufTrace();
    const body = 'Content-Encoding' in encoding ? new Uint8Array(gzipSync(plain)) : plain;
    expect(await post(body, { 'Content-Type': 'application/x-protobuf', ...encoding })).toBe(200);
    expect(JSON.parse((await listed())['traces'] ?? '')).toEqual([
      {
        service: 'mimir',
        resource: { 'service.name': 'mimir' },
        root: 'GET /ready',
        children: [],
        failed: [],
      },
    ]);
  });

  it.each([
    ['{}', 'text/plain', 415],
    ['{', 'application/json', 400],
    ['{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "x"}]}]}]}', 'application/json', 400],
    ['not protobuf', 'application/x-protobuf', 400],
  ])('refuses %j as %s', async (body, type, status) => {
    expect(await post(body, { 'Content-Type': type })).toBe(status);
    expect((await listed())['requests']).toBe('0');
  });
});

/** One span as Mimir's exporter encodes it, with the numbers of opentelemetry/proto/trace/v1/trace.proto. */
function aProtobufTrace(): Uint8Array<ArrayBuffer> {
  const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);
  const message = (write: (writer: protobuf.Writer) => unknown) => {
    const writer = protobuf.Writer.create();
    write(writer);
    return writer.finish();
  };
  const field = (id: number) => (id << 3) | 2;
  const value = message((writer) => writer.uint32(field(1)).string('mimir'));
  const attribute = message((writer) =>
    writer.uint32(field(1)).string('service.name').uint32(field(2)).bytes(value),
  );
  const one = message((writer) =>
    writer
      .uint32(field(1))
      .bytes(bytes(16, 1))
      .uint32(field(2))
      .bytes(bytes(8, 2))
      .uint32(field(5))
      .string('GET /ready'),
  );
  const resource = message((writer) => writer.uint32(field(1)).bytes(attribute));
  const scope = message((writer) => writer.uint32(field(2)).bytes(one));
  const spans = message((writer) => writer.uint32(field(1)).bytes(resource).uint32(field(2)).bytes(scope));
  return new Uint8Array(message((writer) => writer.uint32(field(1)).bytes(spans)));
}

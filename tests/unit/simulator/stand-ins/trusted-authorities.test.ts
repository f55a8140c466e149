import type { Server } from 'node:https';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { publishVersion0, publishVersion1 } from '../../../../src/interfaces/certificate-transfer.ts';
import { runAction as runGrafanaAction } from '../../../../src/simulator/stand-ins/grafana/actions.ts';
import { reconcile as reconcileGrafana } from '../../../../src/simulator/stand-ins/grafana/reconcile.ts';
import { reconcile as reconcileIngress } from '../../../../src/simulator/stand-ins/ingress/reconcile.ts';
import { runAction as runOtlpAction } from '../../../../src/simulator/stand-ins/otlp-sender/actions.ts';
import { reconcile as reconcileOtlp } from '../../../../src/simulator/stand-ins/otlp-sender/reconcile.ts';
import {
  reconcile as reconcileSender,
  type SenderPebble,
} from '../../../../src/simulator/stand-ins/remote-write-sender/reconcile.ts';
import {
  takeAuthorities,
  trustedCertificates,
} from '../../../../src/simulator/stand-ins/trusted-authorities.ts';
import type { Authority } from '../../../../src/x509/certificate-authority.ts';
import {
  credentialsFor,
  listenSecurely,
  privateAuthority,
  type ServerCredentials,
} from '../../../support/private-authority.ts';
import { dispatched, fakeJuju, type FakeRelation, type FakeState } from './fake-juju.ts';

let root: Authority;
let other: Authority;
let credentials: ServerCredentials;

beforeAll(async () => {
  root = await privateAuthority();
  other = await privateAuthority();
  credentials = await credentialsFor(root, ['localhost']);
});

/** A relation with a provider that told this. */
function provider(told: {
  readonly app?: Record<string, string>;
  readonly unit?: Record<string, string>;
}): FakeRelation {
  const { app = {}, unit = {} } = told;
  return { endpoint: 'receive-ca-cert', app: 'ca', units: ['ca/0'], bags: { ca: app, 'ca/0': unit } };
}

const telling = (...authorities: readonly Authority[]) =>
  provider({ app: publishVersion1(authorities.map(({ certificate }) => certificate)) });

const plain = (...authorities: readonly Authority[]) =>
  authorities.map(({ certificate }) => `${certificate.trim()}\n`).toSorted();

const aState = (relations: FakeState['relations'], leader = true): FakeState => ({
  leader,
  config: {},
  relations,
});

async function take(state: FakeState, hook = 'config-changed', relation?: number) {
  const { event } = dispatched(hook, relation === undefined ? undefined : { relation });
  return takeAuthorities(event, fakeJuju(state).tools);
}

describe('whom a stand-in trusts', () => {
  it('are the authorities of all relations, each once', async () => {
    const found = await take(aState({ 1: telling(root), 2: telling(other, root) }));
    expect(found).toEqual({ certificates: plain(root, other), problem: undefined });
  });

  it('is no one before it was told', async () => {
    expect(await take(aState({ 1: provider({}) }))).toEqual({ certificates: [], problem: undefined });
  });

  it('is no one of a relation that breaks, even while Juju lists it', async () => {
    const state = aState({ 1: telling(root), 2: telling(other) });
    expect(await take(state, 'receive-ca-cert-relation-broken', 1)).toEqual({
      certificates: plain(other),
      problem: undefined,
    });
    expect(state.relations[1]?.bags['standin']).toBeUndefined();
  });

  it('is the authority of a provider that knows no version, and not the provider itself', async () => {
    const transfer = {
      ca: root.certificate,
      certificate: credentials.cert,
      chain: [credentials.cert, root.certificate],
    };
    const found = await take(aState({ 1: provider({ unit: publishVersion0(transfer) }) }));
    expect(found).toEqual({ certificates: plain(root), problem: undefined });
  });

  it.each([
    ['no list', '{', /^relation 1: cannot read whom to trust: certificates: /],
    [
      'no certificates',
      JSON.stringify(['-----BEGIN CERTIFICATE-----\nMIIA\n-----END CERTIFICATE-----']),
      /^relation 1: cannot read whom to trust: the certificate cannot be read/,
    ],
  ])('blocks the unit where it is told %s, and spoils nothing else', async (_what, certificates, message) => {
    const broken = provider({ app: { version: '1', certificates } });
    expect(await take(aState({ 1: broken, 2: telling(root) }))).toEqual({
      certificates: plain(root),
      problem: { status: 'blocked', message: expect.stringMatching(message) },
    });
  });

  it.each([
    [true, { version: '1' }],
    [false, undefined],
  ])('is asked for in version 1 if the unit leads: %j', async (leader, bag) => {
    const state = aState({ 1: provider({}) }, leader);
    await take(state);
    expect(state.relations[1]?.bags['standin']).toEqual(bag);
  });

  it('is the same in an action', async () => {
    const { tools } = fakeJuju(aState({ 1: telling(other), 2: telling(root) }, false));
    expect(await trustedCertificates(tools)).toEqual(plain(root, other));
  });
});

describe('a stand-in that is told whom to trust', () => {
  const config = {
    ...{ interval_ms: 1, series: 0, metric_prefix: 'p', seed: 0 },
    ...{ external_hostname: '', library: 'v1' },
  };

  /** Dispatches a hook of a stand-in; what its workload is told, if it has one, and its status. */
  async function run(reconcile: typeof reconcileIngress, relations: FakeState['relations']) {
    const files: unknown[] = [];
    const pebble: SenderPebble = {
      writeFile: ({ content }) => {
        files.push(JSON.parse(content.toString()));
        return Promise.resolve();
      },
      addLayer: () => Promise.resolve(),
      replan: () =>
        Promise.resolve({ id: '1', kind: 'replan', summary: '', status: 'Done', ready: true, tasks: [] }),
    };
    const juju = fakeJuju({ ...aState(relations), config });
    const { environment, event } = dispatched('config-changed');
    await reconcile(event, { environment, tools: juju.tools, pebble });
    return { files, status: juju.status() };
  }

  it.each([
    ['remote-write-sender', reconcileSender],
    ['ingress', reconcileIngress],
  ])('hands the certificates to its workload, as %s', async (_name, reconcile) => {
    const { files, status } = await run(reconcile, { 1: telling(root) });
    expect(files).toMatchObject([{ authorities: plain(root) }]);
    expect(status?.[0]).not.toBe('blocked');
  });

  it.each([
    ['remote-write-sender', reconcileSender],
    ['ingress', reconcileIngress],
    ['grafana', reconcileGrafana],
    ['otlp-sender', reconcileOtlp],
  ])('is blocked by what it cannot read, as %s', async (_name, reconcile) => {
    const { status } = await run(reconcile, { 1: provider({ app: { version: '1', certificates: '{' } }) });
    expect(status).toEqual(['blocked', expect.stringMatching(/^relation 1: cannot read whom to trust: /)]);
  });
});

describe('an action that makes requests to a server by a private authority', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const answer = { status: 'success', data: { resultType: 'scalar', result: [1, '5'] } };

  async function aServer(): Promise<string> {
    const { server, url } = await listenSecurely(credentials, (request, response) => {
      request.resume().once('end', () => response.end(JSON.stringify(answer)));
    });
    servers.push(server);
    return url;
  }

  async function query(url: string, authorities: FakeState['relations']) {
    const source = { name: 'mimir', type: 'prometheus', url, jsonData: {}, secureJsonData: {} };
    const sources = JSON.stringify({ 4: [source] });
    const peers = { endpoint: 'grafana', app: 'standin', units: [], bags: { standin: { sources } } };
    const juju = fakeJuju(aState({ 0: peers, ...authorities }), { expr: 'up' });
    const { environment } = dispatched('start');
    await runGrafanaAction('query', { tools: juju.tools, environment });
    return { done: 'values' in juju.results, failure: juju.failure() };
  }

  async function send(url: string, authorities: FakeState['relations']) {
    const endpoints = JSON.stringify([{ protocol: 'http', endpoint: url, telemetries: ['metrics'] }]);
    const mimir = { endpoint: 'send-otlp', app: 'mimir', units: [], bags: { mimir: { endpoints } } };
    const juju = fakeJuju(aState({ 0: mimir, ...authorities }), { value: 5 });
    const { environment } = dispatched('start');
    await runOtlpAction('send', { tools: juju.tools, environment });
    return { done: 'value' in juju.results, failure: juju.failure() };
  }

  describe.each([
    ['query of grafana', query],
    ['send of otlp-sender', send],
  ])('the %s', (_what, act) => {
    it('trusts it when the relation tells so, and not before or after', async () => {
      const url = await aServer();
      const untrusted = /^cannot .* its certificate is not trusted: unable to get local issuer certificate$/;
      const refused = { done: false, failure: expect.stringMatching(untrusted) };
      expect(await act(url, {})).toEqual(refused);
      expect(await act(url, { 1: provider({}) })).toEqual(refused);
      expect(await act(url, { 1: telling(root) })).toEqual({ done: true, failure: undefined });
      expect(await act(url, { 1: telling(other) })).toEqual(refused);
    });

    it('does not trust it under another name than that of its certificate', async () => {
      const url = (await aServer()).replace('localhost', '127.0.0.1');
      const { failure } = await act(url, { 1: telling(root) });
      expect(failure).toMatch(/ its certificate is not trusted: .* does not match /);
    });
  });
});

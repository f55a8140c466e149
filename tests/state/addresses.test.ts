import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { reconcile } from '../../src/charm/reconcile.ts';
import type { Databag } from '../../src/juju/index.ts';
import { paths } from '../../src/mimir/paths.ts';
import type { RelationSnapshot, Snapshot } from '../../src/charm/snapshot.ts';
import { aGrafana, allRelations, aRunningSnapshot, aSender, thePeers } from '../support/builders.ts';
import { publishUrl } from '../../src/simulator/stand-ins/ingress/requirer.ts';
import { aFakeRelation } from '../support/fake-juju.ts';
import { effectsOf, kinds, pushedIn, unitStatusIn, writtenTo } from '../support/effects.ts';
import { aSettledWorld, type FakeWorld, runHook } from '../support/fake-ports.ts';

const inside = 'http://mimir-k8s.cos.svc.cluster.local:9009';
const outside = 'http://gateway.example.com/cos-mimir-k8s';

const anIngress = (remoteAppBag: RelationSnapshot['remoteAppBag'] = publishUrl(outside)) =>
  allRelations(aSender(90, { application: 'traefik', remoteAppBag }));

/** One relation of each kind that is told a URL. */
const everyone = {
  senders: allRelations(aSender(7)),
  grafanas: allRelations(aGrafana(8, { grafana_uid: '9f1c', app_datasource_uid: 'juju_cos_mimir' })),
  apiClients: allRelations(aSender(9)),
  datasourcePeers: allRelations(aSender(10)),
  catalogues: allRelations(aSender(11)),
};

const parsed = (text = '{}'): unknown => JSON.parse(text);
const toldIn = (snapshot: Snapshot) => {
  const effects = effectsOf(snapshot);
  const told = (id: number, scope: 'unit' | 'app') => writtenTo(effects, id)[scope] ?? {};
  return {
    push: parsed(told(7, 'unit')['remote_write']),
    source: told(8, 'app')['grafana_source_app_host'],
    api: told(9, 'app'),
    catalogue: told(11, 'app'),
  };
};

describe('without an ingress', () => {
  const told = toldIn(aRunningSnapshot(everyone));

  test('all are told the URL inside the cluster', () => {
    expect(told).toMatchObject({
      push: { url: `${inside}/api/v1/push` },
      source: `${inside}/prometheus`,
      api: { direct_url: `${inside}/prometheus` },
      catalogue: { url: `${inside}/` },
    });
    expect(told.api).not.toHaveProperty('ingress_url');
  });

  test("a catalogue shows Mimir's own pages", () => {
    const pages = parsed(told.catalogue['api_endpoints']);
    expect(Object.values(z.record(z.string(), z.string()).parse(pages))).toEqual(
      expect.arrayContaining([`${inside}/services`, `${inside}/ingester/ring`, `${inside}/config`]),
    );
  });
});

describe('an ingress', () => {
  test('is told where Mimir is, by the leader and by every unit', () => {
    const { app, unit } = writtenTo(effectsOf(aRunningSnapshot({ ingress: anIngress({}) })), 90);
    expect(app).toEqual({
      ...{ model: '"cos"', name: '"mimir-k8s"', port: '9009', 'strip-prefix': 'true' },
      healthcheck_params: '{"path":"/ready"}',
      is_port_open: 'true',
    });
    expect(unit).toEqual({
      host: '"mimir-k8s-0.mimir-k8s-endpoints.cos.svc.cluster.local"',
      ip: '"10.1.0.3"',
    });
    const relation = { ...aSender(90), appBag: 'unobserved' } as const;
    const follower = aRunningSnapshot({ leader: false, ingress: allRelations(relation) });
    expect(Object.keys(writtenTo(effectsOf(follower), 90))).toEqual(['unit']);
  });

  test('has all others told its URL', () => {
    expect(toldIn(aRunningSnapshot({ ...everyone, ingress: anIngress() }))).toMatchObject({
      push: { url: `${outside}/api/v1/push` },
      source: `${outside}/prometheus`,
      api: { direct_url: `${inside}/prometheus`, ingress_url: `${outside}/prometheus` },
      catalogue: { url: `${outside}/` },
    });
  });

  test('with a path of its own restarts nothing; one with a name of its own is where alerts lead to', () => {
    const before = aRunningSnapshot();
    const config = (ingress: Snapshot['ingress']) => {
      const { workload } = aRunningSnapshot({ ingress });
      return workload.reachable ? workload.files.get(paths.config) : undefined;
    };
    expect(kinds(effectsOf({ ...before, ingress: anIngress() }))).not.toContain('push-files');
    const named = config(anIngress(publishUrl('https://mimir.example.com/')));
    expect(named).toContain('external_url: https://mimir.example.com/alertmanager\n');
  });

  test.each([
    ['empties its bag', {}],
    ['offers what is no URL', { ingress: '{"url": "gateway"}' }],
  ])('that %s has them told the URL inside the cluster again', (_what, bag) => {
    const told = toldIn(aRunningSnapshot({ ...everyone, ingress: anIngress(bag) }));
    expect(told.push).toEqual({ url: `${inside}/api/v1/push` });
  });

  test('that offers what is no URL is named in the status, and Mimir is active', () => {
    const status = unitStatusIn(effectsOf(aRunningSnapshot({ ingress: anIngress({ ingress: 'x' }) })));
    expect(status).toEqual({
      status: 'active',
      message: expect.stringMatching(/^\[ingress\] Its URL cannot/),
    });
  });

  test('that cannot be read for a moment is as it was', () => {
    const peers = thePeers({ unitBag: { url: outside } });
    const told = toldIn(aRunningSnapshot({ ...everyone, peers, ingress: anIngress('unobserved') }));
    expect(told.push).toEqual({ url: `${outside}/api/v1/push` });
  });
});

describe('in a dispatch', () => {
  const relate = (world: FakeWorld) => {
    world.juju.relations.set(7, aFakeRelation('receive-remote-write', 'agent', { agent: {}, 'agent/0': {} }));
    world.juju.relations.set(90, aFakeRelation('ingress', 'traefik', { traefik: publishUrl(outside) }));
  };
  const bagOf = (world: FakeWorld) => world.juju.relations.get(7)?.bags.get('mimir-k8s/0') ?? {};
  const push = (url: string) => ({ remote_write: JSON.stringify({ url: `${url}/api/v1/push` }) });

  test("an ingress's word reaches relations that the event is not about, and so does its end", async () => {
    const world = await aSettledWorld();
    relate(world);
    const event = {
      endpoint: 'ingress',
      relationId: 90,
      remoteApp: 'traefik',
      remoteUnit: undefined,
    } as const;
    await runHook(world, { kind: 'relation-changed', ...event });
    expect(bagOf(world)).toMatchObject(push(outside));
    await runHook(world, { kind: 'relation-broken', ...event });
    expect(bagOf(world)).toMatchObject(push(inside));
  });

  test('Mimir does not speak TLS any more behind an ingress: those that ask it directly are told', () => {
    const before = aRunningSnapshot({ ingress: anIngress() });
    const toldBefore = { hostname: 'mimir-k8s-0', up: 'true', url: outside };
    const sweeps = (unitBag: Databag) => reconcile({ ...before, peers: thePeers({ unitBag }) }).sweep;
    expect(sweeps(toldBefore)).toBe(false);
    expect(sweeps({ ...toldBefore, https: 'true' })).toBe(true);
  });

  test('that changes no URL reads no relation but its own', async () => {
    const world = await aSettledWorld();
    relate(world);
    await runHook(world, { kind: 'update-status' });
    expect(bagOf(world)).toMatchObject(push(outside));
    world.juju.relations.get(7)?.bags.set('mimir-k8s/0', {});
    await runHook(world, { kind: 'config-changed' });
    expect(bagOf(world)).toEqual({});
  });
});

describe('exemplars', () => {
  const tempo = { datasources: '[{"type":"tempo","uid":"traces","grafana_uid":"9f1c"}]' };
  const withTempo = { ...everyone, datasourcePeers: allRelations(aSender(10, { remoteAppBag: tempo })) };
  const linkIn = (snapshot: Snapshot) => {
    const { app } = writtenTo(effectsOf(snapshot), 8);
    return z.looseObject({ extra_fields: z.unknown() }).parse(parsed(app?.['grafana_source_data']))
      .extra_fields;
  };
  const options = { tsdb_block_retention_period: '24h', max_global_exemplars_per_user: 1000 };

  test("lead to the traces of the same Grafana's Tempo", () => {
    expect(linkIn(aRunningSnapshot({ ...withTempo, options }))).toMatchObject({
      exemplarTraceIdDestinations: [{ datasourceUid: 'traces', name: 'traceID' }],
    });
  });

  test.each([
    ['none are kept', { tsdb_block_retention_period: '24h' }, tempo],
    ['the Tempo is of another Grafana', options, { datasources: tempo.datasources.replace('9f1c', 'x') }],
    ['what is told of it cannot be read', options, { datasources: '[' }],
  ])('lead nowhere if %s', (_why, set, remoteAppBag) => {
    const datasourcePeers = allRelations(aSender(10, { remoteAppBag }));
    const link = linkIn(aRunningSnapshot({ ...everyone, datasourcePeers, options: set }));
    expect(link).not.toHaveProperty('exemplarTraceIdDestinations');
  });

  test('are kept within the limit, which restarts nothing', () => {
    const effects = effectsOf({ ...aRunningSnapshot(), options });
    expect(JSON.stringify(effects)).toContain('max_global_exemplars_per_user: 1000');
    expect(kinds(effects)).not.toContain('validate-config');
  });

  test('that are no number leave Mimir and Grafana as they were, and the option is named', () => {
    const peers = thePeers({ unitBag: { exemplars: 'true', url: inside } });
    const kept = aRunningSnapshot({ ...withTempo, peers, options });
    const wrong = { ...options, max_global_exemplars_per_user: -1 };
    expect(pushedIn(effectsOf({ ...kept, options: wrong })).size).toBe(0);
    expect(linkIn({ ...kept, options: wrong })).toHaveProperty('exemplarTraceIdDestinations');
    const effects = effectsOf({
      ...aRunningSnapshot(),
      options: { ...options, max_global_exemplars_per_user: -1 },
    });
    expect(unitStatusIn(effects)).toEqual({
      status: 'blocked',
      message: expect.stringMatching(/^\[max_global_exemplars_per_user\] "-1" is no number/),
    });
  });
});

describe('links to traces', () => {
  const source = (world: FakeWorld) =>
    world.juju.relations.get(8)?.bags.get('mimir-k8s')?.['grafana_source_data'] ?? '';
  const about = {
    endpoint: 'send-datasource',
    relationId: 10,
    remoteApp: 'tempo',
    remoteUnit: undefined,
  } as const;

  test("come and go in Grafana's relation by an event of the other's", async () => {
    const world = await aSettledWorld();
    world.juju.options = { max_global_exemplars_per_user: 1000 };
    const datasources = '[{"type":"tempo","uid":"traces","grafana_uid":"9f1c"}]';
    world.juju.relations.set(
      8,
      aFakeRelation('grafana-source', 'grafana', { grafana: { grafana_uid: '9f1c' } }),
    );
    world.juju.relations.set(10, aFakeRelation('send-datasource', 'tempo', { tempo: { datasources } }));
    await runHook(world, { kind: 'relation-changed', ...about });
    expect(source(world)).toContain('"datasourceUid":"traces"');
    await runHook(world, { kind: 'relation-broken', ...about });
    expect(source(world)).not.toBe('');
    expect(source(world)).not.toContain('traces');
  });
});

describe('data sources', () => {
  test('that Grafanas made of Mimir are told, one of each', () => {
    const grafanas = allRelations(
      aGrafana(8, { grafana_uid: '9f1c', app_datasource_uid: 'juju_cos_mimir' }),
      aGrafana(12, { grafana_uid: '77', datasource_uids: '{"mimir-k8s/1":"b","mimir-k8s/0":"a"}' }),
      aGrafana(13, {}),
    );
    const { app } = writtenTo(effectsOf(aRunningSnapshot({ ...everyone, grafanas })), 10);
    expect(parsed(app?.['datasources'])).toEqual([
      { type: 'prometheus', uid: 'a', grafana_uid: '77' },
      { type: 'prometheus', uid: 'juju_cos_mimir', grafana_uid: '9f1c' },
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keys, publish, read } from '../../../src/interfaces/grafana-datasource.ts';
import { databagFixture } from './databag-fixture.ts';

const topology = {
  model: 'cos',
  modelUuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
  application: 'mimir-k8s',
};
const applicationUrl = 'http://mimir-k8s.cos.svc.cluster.local:8080';
const silent = {
  grafanaUid: undefined,
  baseUrl: undefined,
  datasourceUids: {},
  appDatasourceUid: undefined,
};

function replyOf(fixture: string) {
  const result = read(databagFixture(fixture).requirer_app);
  return result.ok ? result.value : undefined;
}

describe("Grafana's reply", () => {
  test('of an old library names a data source for each unit', () => {
    expect(replyOf('grafana_datasource')).toEqual({
      grafanaUid: '9f1c',
      baseUrl: 'http://traefik.example.com/cos-grafana',
      datasourceUids: {
        'mimir-k8s/0': 'juju_cos_3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c_mimir-k8s_0',
        'mimir-k8s/1': 'juju_cos_3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c_mimir-k8s_1',
      },
      appDatasourceUid: undefined,
    });
  });

  test('of a new library names the data source of the application', () => {
    expect(replyOf('grafana_datasource.v1lib')).toEqual({
      grafanaUid: '9f1c',
      baseUrl: 'http://traefik.example.com/cos-grafana',
      datasourceUids: {},
      appDatasourceUid: 'juju_cos_3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c_mimir-k8s',
    });
  });

  test.each(['grafana_datasource.orig2022', 'coordinator.grafana-source'])('of %s is empty', (fixture) => {
    expect(replyOf(fixture)).toEqual(silent);
  });

  test.each([
    ['text that is not JSON', { datasource_uids: 'x' }, 'datasource_uids: not JSON'],
    ['a list', { datasource_uids: '["a"]' }, 'datasource_uids: '],
    ['a name that is no text', { datasource_uids: '{"mimir-k8s/0": 1}' }, 'datasource_uids.mimir-k8s/0: '],
    ['a URL of another scheme', { grafana_base_url: 'file:///etc/passwd' }, 'grafana_base_url: '],
  ])('with %s gives a reason that names the key', (_name, bag, reason) => {
    const result = read(bag);
    expect(!result.ok && result.reason).toContain(reason);
  });

  test('is read as it was written', () => {
    // zod drops `__proto__`, and well so.
    const name = fc.string().filter((text) => text !== '__proto__');
    const reply = fc.record({
      grafanaUid: fc.string(),
      baseUrl: fc.webUrl(),
      datasourceUids: fc.dictionary(name, fc.string(), { noNullPrototype: true }),
      appDatasourceUid: fc.string(),
    });
    fc.assert(
      fc.property(reply, (value) => {
        const bag = {
          grafana_uid: value.grafanaUid,
          grafana_base_url: value.baseUrl,
          datasource_uids: JSON.stringify(value.datasourceUids),
          app_datasource_uid: value.appDatasourceUid,
        };
        expect(read(bag)).toEqual({ ok: true, value });
      }),
    );
  });

  test('of any kind gives an answer and no exception', () => {
    const bags = fc.dictionary(
      fc.oneof(fc.constantFrom(...keys.requirerApp), fc.string()),
      fc.oneof(fc.string(), fc.json()),
    );
    fc.assert(fc.property(bags, (bag) => typeof read(bag).ok === 'boolean'));
  });
});

describe('the data source', () => {
  test('is published as the new library publishes it, but for spaces', () => {
    const real = databagFixture('grafana_datasource.v1lib');
    const ours = publish(
      { topology, applicationUrl, traces: undefined },
      replyOf('grafana_datasource.v1lib'),
    );
    expect(ours.app['grafana_source_app_host']).toBe(real.provider_app['grafana_source_app_host']);
    expect(ours.app['grafana_source_data']).toBe(
      real.provider_app['grafana_source_data']?.replaceAll(', ', ',').replaceAll(': ', ':'),
    );
    expect(ours.unit).toEqual(real.provider_unit);
  });

  test.each(['grafana_datasource', 'grafana_datasource.orig2022'])(
    'has the same URL in every unit for the Grafana of %s, and in the application',
    (fixture) => {
      const { app, unit } = publish({ topology, applicationUrl, traces: undefined }, replyOf(fixture));
      expect(unit).toEqual({ grafana_source_host: `${applicationUrl}/prometheus` });
      expect(app['grafana_source_app_host']).toBe(unit['grafana_source_host']);
    },
  );

  test('has the URL in every unit before Grafana has replied', () => {
    expect(Object.keys(publish({ topology, applicationUrl, traces: undefined }, undefined).unit)).toEqual(
      keys.providerUnit,
    );
  });

  test('has the path of an ingress, with no slash too many', () => {
    const source = {
      topology,
      applicationUrl: 'http://traefik.example.com/cos-mimir-k8s/',
      traces: undefined,
    };
    expect(publish(source, undefined).unit).toEqual(databagFixture('grafana_datasource').provider_unit);
  });

  test('is the same to the byte however its facts are ordered, and has just the keys that we own', () => {
    const facts = fc.record({ model: fc.string(), modelUuid: fc.uuid(), application: fc.string() });
    fc.assert(
      fc.property(facts, fc.webUrl(), ({ model, modelUuid, application }, url) => {
        const one = publish(
          { topology: { model, modelUuid, application }, applicationUrl: url, traces: undefined },
          undefined,
        );
        const other = publish(
          { traces: undefined, applicationUrl: url, topology: { application, modelUuid, model } },
          undefined,
        );
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
        expect(Object.keys(one.app)).toEqual(keys.providerApp);
        expect(JSON.parse(one.app['grafana_source_data'] ?? '')).toMatchObject({
          model,
          model_uuid: modelUuid,
          application,
        });
      }),
    );
  });
});

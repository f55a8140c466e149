import { describe, expect, it } from 'vitest';
import {
  buildSources,
  publishUids,
  withoutUnit,
} from '../../../../src/simulator/stand-ins/grafana/datasources.ts';
import { captured } from './captured-databags.ts';

const v0 = captured('grafana_datasource');
const v1 = captured('grafana_datasource.v1lib');
const name = 'juju_cos_3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c_mimir-k8s';
const twoUnits = { 'mimir-k8s/0': v0.provider_unit, 'mimir-k8s/1': v0.provider_unit };

describe('the data sources that Grafana builds', () => {
  it('are one for each unit with a host, as the captured provider of v0 describes them', () => {
    const sources = buildSources({ app: v0.provider_app, units: twoUnits }, 'v0');
    const common = {
      type: 'prometheus',
      url: 'http://traefik.example.com/cos-mimir-k8s/prometheus',
      jsonData: {
        httpHeaderName1: 'X-Scope-OrgID',
        exemplarTraceIdDestinations: [{ datasourceUid: 'juju_cos_x_tempo_0', name: 'traceID' }],
      },
      secureJsonData: { httpHeaderValue1: 'anonymous' },
    };
    expect(sources).toEqual([
      { ...common, unit: 'mimir-k8s/0', name: `${name}_0` },
      { ...common, unit: 'mimir-k8s/1', name: `${name}_1` },
    ]);
    const uids = JSON.parse(v0.requirer_app['datasource_uids'] ?? '') satisfies unknown;
    expect(JSON.parse(publishUids(sources ?? [])['datasource_uids'] ?? '')).toEqual(uids);
  });

  it('are one of the application, as the captured provider of v1 describes it', () => {
    const sources = buildSources({ app: v1.provider_app, units: { 'mimir-k8s/0': {} } }, 'v1');
    expect(sources).toMatchObject([
      { name, url: 'http://mimir-k8s.cos.svc.cluster.local:8080/prometheus', type: 'prometheus' },
    ]);
    expect(publishUids(sources ?? [])).toEqual({
      datasource_uids: v1.requirer_app['datasource_uids'],
      app_datasource_uid: v1.requirer_app['app_datasource_uid'],
    });
  });

  it.each([
    ['v0', 'unit hosts', ['_0', '_1']],
    ['v0', 'the app host', []],
    ['v0', 'both', ['_0', '_1']],
    ['v1', 'unit hosts', ['_0', '_1']],
    ['v1', 'the app host', ['']],
    ['v1', 'both', ['_0', '_1', '']],
  ] as const)('%s makes of %s %j', (generation, published, suffixes) => {
    const unit = published === 'the app host' ? {} : v0.provider_unit;
    const sources = buildSources(
      {
        app: published === 'unit hosts' ? v0.provider_app : v1.provider_app,
        units: { 'mimir-k8s/0': unit, 'mimir-k8s/1': unit },
      },
      generation,
    );
    expect(sources?.map((source) => source.name)).toEqual(suffixes.map((suffix) => `${name}${suffix}`));
  });

  it('take what the charm of 2022 published, which has no secret fields and null for the others', () => {
    const old = captured('grafana_datasource.orig2022');
    const sources = buildSources(
      { app: old.provider_app, units: { 'mimir-k8s/0': old.provider_unit } },
      'v1',
    );
    expect(sources).toMatchObject([
      { url: 'http://mimir-k8s:9009/prometheus', jsonData: {}, secureJsonData: {} },
    ]);
  });

  it.each([
    ['mimir:9009/prometheus', 'http://mimir:9009/prometheus'],
    ['https://mimir/prometheus', 'https://mimir/prometheus'],
  ])('have of the host %s the URL %s', (host, url) => {
    const units = { 'mimir-k8s/0': { grafana_source_host: host } };
    expect(buildSources({ app: v0.provider_app, units }, 'v0')).toMatchObject([{ url }]);
  });

  it('are undefined while nothing describes them', () => {
    expect(buildSources({ app: {}, units: twoUnits }, 'v1')).toBeUndefined();
    expect(buildSources({ app: { grafana_source_data: '{}' }, units: twoUnits }, 'v1')).toBeUndefined();
  });

  it.each(['{', '[1]', '{"model": "cos"}'])('cannot be read from %s, which fails the hook', (text) => {
    expect(() => buildSources({ app: { grafana_source_data: text }, units: {} }, 'v1')).toThrow(
      /^cannot read grafana_source_data: /,
    );
  });
});

describe('a unit that departs', () => {
  const sources =
    buildSources({ app: v1.provider_app, units: { 'mimir-k8s/1': v0.provider_unit } }, 'v1') ?? [];

  it('takes its own data source with it and leaves that of the application', () => {
    expect(withoutUnit(sources, 'mimir-k8s/1', 'v1').map((source) => source.name)).toEqual([name]);
  });

  it('takes nothing with it if it had none', () => {
    expect(withoutUnit(sources, 'mimir-k8s/0', 'v1')).toEqual(sources);
    expect(withoutUnit([], 'mimir-k8s/0', 'v0')).toEqual([]);
  });

  it('makes the library v0 fail if it had none while others have', () => {
    expect(() => withoutUnit(sources, 'mimir-k8s/0', 'v0')).toThrow(/list index out of range/);
  });
});

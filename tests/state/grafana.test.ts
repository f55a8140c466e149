import { describe, expect, test } from 'vitest';
import { aGrafana, allRelations, aRunningSnapshot } from '../support/builders.ts';
import { effectsOf, writtenTo } from '../support/effects.ts';

const host = 'http://mimir-k8s.cos.svc.cluster.local:9009/prometheus';
const sourceName = 'juju_cos_3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c_mimir-k8s';

/** Replies of Grafana's two library generations, as they were captured. */
const oldReply = {
  grafana_uid: '9f1c',
  datasource_uids: JSON.stringify({ 'mimir-k8s/0': `${sourceName}_0` }),
};
const newReply = { grafana_uid: '9f1c', datasource_uids: '{}', app_datasource_uid: sourceName };

function written(relation: ReturnType<typeof aGrafana>, leader = true) {
  return writtenTo(effectsOf(aRunningSnapshot({ leader, grafanas: allRelations(relation) })), relation.id);
}

describe('a Grafana', () => {
  test('gets the data source in the application bag, and its URL too, as newer ones read it', () => {
    const { app } = written(aGrafana(7, {}));
    expect(app?.['grafana_source_app_host']).toBe(host);
    expect(JSON.parse(app?.['grafana_source_data'] ?? '')).toMatchObject({
      model: 'cos',
      model_uuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
      application: 'mimir-k8s',
      type: 'prometheus',
    });
  });

  test.each([
    ['that has not answered yet', {}],
    ['of the old library', oldReply],
  ])('%s gets the URL of the application from every unit', (_which, reply) => {
    const asFollower = { appBag: 'unobserved' } as const;
    expect(written(aGrafana(7, reply)).unit).toEqual({ grafana_source_host: host });
    expect(written(aGrafana(7, reply, asFollower), false)).toEqual({ unit: { grafana_source_host: host } });
  });

  test('of the new library gets it from no unit any more, or each would be a source as well', () => {
    const unitBag = { grafana_source_host: host };
    const asFollower = { appBag: 'unobserved', unitBag } as const;
    expect(written(aGrafana(7, newReply, { unitBag })).unit).toEqual({ grafana_source_host: '' });
    expect(written(aGrafana(7, newReply, asFollower), false)).toEqual({ unit: { grafana_source_host: '' } });
  });

  test('that goes back to the old library gets it from every unit again', () => {
    expect(written(aGrafana(7, oldReply, { unitBag: {} })).unit).toEqual({ grafana_source_host: host });
  });

  test.each([
    ['is not JSON', { datasource_uids: '{' }],
    ['is a list', { datasource_uids: '[1]' }],
    ['names what is no URL', { ...newReply, grafana_base_url: 'javascript:alert(1)' }],
  ])('whose reply %s is treated like the oldest, and harms no other', (_what, reply) => {
    const grafanas = allRelations(aGrafana(7, reply), aGrafana(8, newReply));
    const effects = effectsOf(aRunningSnapshot({ grafanas }));
    expect(writtenTo(effects, 7).unit).toEqual({ grafana_source_host: host });
    expect(writtenTo(effects, 8).unit).toBeUndefined();
    expect(writtenTo(effects, 8).app).toHaveProperty('grafana_source_app_host', host);
  });

  test('whose reply could not be read keeps what it has', () => {
    expect(written(aGrafana(7, 'unobserved', { unitBag: { grafana_source_host: host } }))).toEqual({});
  });

  test('that has everything is written nothing, whatever else is in the bags', () => {
    const first = written(aGrafana(7, {}));
    const unitBag = { ...first.unit, 'ingress-address': '10.1.0.3' };
    expect(written(aGrafana(7, {}, { unitBag, appBag: { ...first.app, other: 'x' } }))).toEqual({});
  });

  test('that is gone is written nothing', () => {
    const grafanas = { scope: [7], relations: [] };
    expect(writtenTo(effectsOf(aRunningSnapshot({ grafanas })), 7)).toEqual({});
  });

  test('is written nothing by a unit that is being removed', () => {
    const snapshot = aRunningSnapshot({ grafanas: allRelations(aGrafana(7, {})) });
    expect(writtenTo(effectsOf({ ...snapshot, dying: true }), 7)).toEqual({});
  });
});

import { expect, test } from 'vitest';
import { keys, publish, publishUnit } from '../../../src/interfaces/prometheus-scrape.ts';
import { databagFixture } from './databag-fixture.ts';

const { provider_app: app, provider_unit: unit } = databagFixture('prometheus_scrape');
const metadata = {
  model: 'cos',
  modelUuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
  application: 'mimir-k8s',
  charm: 'mimir-k8s',
};
const parsed = (bag: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(bag).map(([key, text]): [string, unknown] => [key, JSON.parse(text)]));

test('what the leader publishes is what the real library writes', () => {
  const job = { path: '/metrics', port: 8080, scheme: 'http' } as const;
  const { alert_rules: rules, ...said } = parsed(app);
  expect(parsed(publish(metadata, job, { groups: [] }))).toEqual({ ...said, alert_rules: { groups: [] } });
  expect(Object.keys(app).toSorted()).toEqual([...keys.providerApp].toSorted());
  expect(rules).toHaveProperty('groups');
});

test('over TLS the job says so', () => {
  const job = { path: '/metrics', port: 9009, scheme: 'https' } as const;
  expect(parsed(publish(metadata, job, { groups: [] }))).toMatchObject({
    scrape_jobs: [{ scheme: 'https', static_configs: [{ targets: ['*:9009'] }] }],
  });
});

test('a unit is found by its name, which stays when its pod gets another address', () => {
  const hostname = 'mimir-k8s-0.mimir-k8s-endpoints.cos.svc.cluster.local';
  expect(publishUnit('mimir-k8s/0', hostname)).toEqual({ ...unit, prometheus_scrape_unit_address: hostname });
  expect(Object.keys(unit).toSorted()).toEqual([...keys.providerUnit].toSorted());
});

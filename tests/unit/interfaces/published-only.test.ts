import { describe, expect, test } from 'vitest';
import { keys as catalogueKeys, publish as publishItem } from '../../../src/interfaces/catalogue.ts';
import { keys as apiKeys, publish as publishUrls } from '../../../src/interfaces/prometheus-api.ts';
import { databagFixture } from './databag-fixture.ts';

describe('what API clients are told', () => {
  test('is what the real library writes', () => {
    const bag = databagFixture('prometheus_api').provider_app;
    const { direct_url: direct = '', ingress_url: ingress } = bag;
    expect(publishUrls({ direct, ingress })).toEqual(bag);
    expect(Object.keys(bag).toSorted()).toEqual([...apiKeys.providerApp].toSorted());
  });

  test('has no key for an ingress that there is not', () => {
    expect(publishUrls({ direct: 'http://mimir:9009/prometheus', ingress: undefined })).toEqual({
      direct_url: 'http://mimir:9009/prometheus',
    });
  });
});

test('what a catalogue is told is what the real library writes', () => {
  const bag = databagFixture('catalogue').requirer_app;
  const { name = '', description = '', url = '', icon = '', api_docs: apiDocs = '' } = bag;
  const apiEndpoints = { Query: 'http://traefik.example.com/cos-mimir-k8s/prometheus/api/v1/query' };
  const ours = publishItem({ name, description, url, icon, apiDocs, apiEndpoints });
  // The same but for the blanks that Python leaves between its JSON.
  const plain = bag['api_endpoints']?.replaceAll(': "', ':"');
  expect(ours).toEqual({ ...bag, api_endpoints: plain });
  expect(Object.keys(ours).toSorted()).toEqual([...catalogueKeys.requirerApp].toSorted());
});

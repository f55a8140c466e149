import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { alertmanagerFallback } from '../../../src/mimir/config/alertmanager.ts';
import { renderConfig, renderRuntimeConfig } from '../../../src/mimir/config/render.ts';
import { parseYaml } from '../../../src/mimir/yaml.ts';
import { deployments, namedLimits, oneUnit } from './deployments.ts';

describe('the rendered files are the golden ones', () => {
  test.each(Object.entries(deployments))('configuration %s', async (name, deployment) => {
    await expect(renderConfig(deployment)).toMatchFileSnapshot(`golden/${name}.yaml`);
  });

  test.each(Object.entries(namedLimits))('runtime configuration %s', async (name, limits) => {
    await expect(renderRuntimeConfig(limits)).toMatchFileSnapshot(`golden/${name}.yaml`);
  });

  test('Alertmanager fallback', async () => {
    await expect(alertmanagerFallback).toMatchFileSnapshot('golden/alertmanager-fallback.yaml');
  });
});

test('the path of an ingress stays out of the external URL, or every Alertmanager request would get 404', () => {
  const config = renderConfig({ ...oneUnit, externalUrl: 'https://ingress.example.com/cos-mimir-k8s/' });
  expect(alertmanagerOf(config).external_url).toBe('https://ingress.example.com/alertmanager');
});

test('the order in which Alertmanagers are read does not show, nor that units behind an ingress share one', () => {
  const urls = ['http://b.example.com', 'http://a.example.com/x', 'http://b.example.com'];
  const config = renderConfig({ ...oneUnit, alertmanagerUrls: urls });
  expect(config).toContain('alertmanager_url: http://a.example.com/x,http://b.example.com\n');
  expect(renderConfig({ ...oneUnit, alertmanagerUrls: urls.toReversed() })).toBe(config);
});

test('every path in the file is absolute', () => {
  const config = renderConfig(oneUnit);
  for (const line of config.split('\n').filter((text) => /^ *\w*(dir|path|file|filepath): [^']/.test(text)))
    expect(line).toMatch(/: \/(data|etc\/mimir)\//);
});

function alertmanagerOf(config: string) {
  return z.object({ alertmanager: z.object({ external_url: z.string() }) }).parse(parseYaml(config))
    .alertmanager;
}

import { expect, test } from 'vitest';
import { mimirPaths, paths } from '../../../src/mimir/paths.ts';

test('the last good files are on the persistent volume, since the others go with the container', () => {
  expect(paths.config).toBe('/data/config/mimir.yaml');
  expect(paths.lastGood.config).toBe('/data/last-good/mimir.yaml');
});

test('other folders move every file', () => {
  const { lastGood, tlsFiles, ...others } = mimirPaths({ dataDir: '/a', configDir: '/b' });
  for (const path of [
    ...Object.values(lastGood),
    ...Object.values(tlsFiles),
    ...Object.values(others).flat(),
  ])
    expect(path).toMatch(/^\/[ab](\/|$)/);
});

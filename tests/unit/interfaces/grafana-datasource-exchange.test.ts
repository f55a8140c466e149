import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publish, read } from '../../../src/interfaces/grafana-datasource-exchange.ts';
import { databagFixture } from './databag-fixture.ts';

describe('data sources', () => {
  const { provider_app: ours, requirer_app: theirs } = databagFixture('grafana_datasource_exchange');

  test('are read as others write them', () => {
    expect(read(theirs)).toEqual({
      ok: true,
      value: [{ type: 'tempo', uid: 'juju_cos_x_tempo_0', grafanaUid: '9f1c' }],
    });
  });

  test('are published to the byte as the real library does, whatever their order is', () => {
    const result = read(ours);
    const sources = result.ok ? result.value : [];
    expect(publish(sources.toReversed())).toEqual(ours);
  });

  test('are none before anyone has written any', () => {
    expect(read({})).toEqual({ ok: true, value: [] });
    expect(publish([])).toEqual({ datasources: '[]' });
  });

  test.each([
    ['no JSON', 'x'],
    ['an object', '{}'],
    ['half filled', '[{"type": "tempo"}]'],
  ])('that are %s give a reason that names the key', (_what, datasources) => {
    const result = read({ datasources });
    expect(!result.ok && result.reason).toMatch(/^datasources/);
  });

  test('that are anything at all give an answer and no exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (datasources) => {
        expect(read({ datasources })).toHaveProperty('ok');
      }),
    );
  });
});

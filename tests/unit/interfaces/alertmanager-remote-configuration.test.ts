import { describe, expect, test } from 'vitest';
import { keys, read } from '../../../src/interfaces/alertmanager-remote-configuration.ts';
import { databagFixture } from './databag-fixture.ts';

const { provider_app: offered } = databagFixture('alertmanager_remote_configuration');
const config = '{"route": {"receiver": "x"}, "receivers": [{"name": "x"}]}';
const nested = (levels: number) => `{"route": ${'['.repeat(levels)}${']'.repeat(levels)}}`;

test('what the real library offers is read', () => {
  const route = { route: { receiver: 'x' }, receivers: [{ name: 'x' }] };
  expect(read(offered)).toEqual({ ok: true, value: { config: route, templates: [] } });
  expect(Object.keys(offered).toSorted()).toEqual([...keys.providerApp]);
});

test.each([{}, { alertmanager_config: '' }, { alertmanager_config: '{}', alertmanager_templates: '[]' }])(
  '%j offers nothing',
  (bag) => {
    expect(read(bag)).toEqual({ ok: true, value: undefined });
  },
);

describe('what cannot be used', () => {
  test.each([
    ['not JSON', 'route: {}', '[]'],
    ['not JSON', config, '{'],
    ['nested too deep', nested(100_000), '[]'],
    ['expected', '[]', '[]'],
    ['expected', config, '{"a": "b"}'],
    ['expected', config, '[1]'],
    ['may hold only global', '{"templates": ["/etc/passwd"]}', '[]'],
    ['may hold only global', '{"route": {}, "__proto__x": {}}', '[]'],
  ])('is refused (%s)', (reason, alertmanager_config, alertmanager_templates) => {
    const result = read({ alertmanager_config, alertmanager_templates });
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('is never quoted', () => {
    const secret = 's3cret-password';
    for (const text of [`{"global": ${secret}}`, `"${secret}"`, `{"global": {"a": "${secret}"}, "x": 1}`])
      expect(JSON.stringify(read({ alertmanager_config: text }))).not.toContain(secret);
  });
});

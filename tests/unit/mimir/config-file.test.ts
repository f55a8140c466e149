import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { renderFile } from '../../../src/mimir/config/file.ts';

const values = { server: { http_listen_port: 9009 }, target: 'all' };

test('a file is YAML, and says who writes it', () => {
  const text = renderFile(values);
  expect(load(text)).toEqual(values);
  expect(text).toMatch(/^# Written by mimir-k8s, .* \([0-9a-f]{16}\)\.\nserver:\n/);
});

test('a file of the same values is taken as it is, and one of others is not', () => {
  const text = renderFile(values);
  expect(renderFile(values, text)).toBe(text);
  expect(renderFile({ target: 'all' }, text)).toBe(renderFile({ target: 'all' }));
});

test.each([
  ['was changed by hand', (text: string) => text.replace('9009', '9010')],
  ['lost its end', (text: string) => text.slice(0, -2)],
  ['lost its first line', (text: string) => text.slice(text.indexOf('\n') + 1)],
  ['has another first line', (text: string) => text.replace('Written', 'written')],
  ['has lines before it', (text: string) => `\n${text}`],
  ['is empty', () => ''],
])('a file that %s is rendered anew', (_how, damage) => {
  const text = renderFile(values);
  expect(renderFile(values, damage(text))).toBe(text);
});

test('values that are undefined make no difference', () => {
  expect(renderFile({ ...values, ring: undefined })).toBe(renderFile(values));
});

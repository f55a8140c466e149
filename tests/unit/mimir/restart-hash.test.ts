import { expect, test } from 'vitest';
import { fnv1a, restartHash, restartInputs } from '../../../src/mimir/restart-hash.ts';

const inputs = { command: 'a', config: 'b', alertmanagerFallback: 'c', version: 'd' };

test('the same inputs give the same hash, in whatever order', () => {
  const hash = restartHash(inputs);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(restartHash({ version: 'd', alertmanagerFallback: 'c', config: 'b', command: 'a' })).toBe(hash);
});

test.each(restartInputs)('a change of %s changes the hash', (name) => {
  expect(restartHash({ ...inputs, [name]: 'other' })).not.toBe(restartHash(inputs));
});

test('inputs that change places change the hash', () => {
  expect(restartHash({ ...inputs, command: 'b', config: 'a' })).not.toBe(restartHash(inputs));
  expect(restartHash({ ...inputs, command: 'ab', config: '' })).not.toBe(restartHash(inputs));
});

test.each([
  ['', 'cbf29ce484222325'],
  ['a', 'af63dc4c8601ec8c'],
  ['foobar', '85944171f73967e8'],
])('the hash of %j is the one that the FNV authors publish', (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});

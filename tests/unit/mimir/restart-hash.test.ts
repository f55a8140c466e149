import { expect, test } from 'vitest';
import { restartHash, restartInputs } from '../../../src/mimir/restart-hash.ts';

const inputs = {
  command: 'a',
  config: 'b',
  alertmanagerFallback: 'c',
  storeCa: 'e',
  trustedCa: 'f',
  tls: 'g',
  tracesTo: 'h',
  version: 'd',
};

test('the same inputs give the same hash, in whatever order', () => {
  const hash = restartHash(inputs);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(
    restartHash({
      version: 'd',
      tracesTo: 'h',
      tls: 'g',
      trustedCa: 'f',
      storeCa: 'e',
      alertmanagerFallback: 'c',
      config: 'b',
      command: 'a',
    }),
  ).toBe(hash);
});

test.each(restartInputs)('a change of %s changes the hash', (name) => {
  expect(restartHash({ ...inputs, [name]: 'other' })).not.toBe(restartHash(inputs));
});

test('inputs that change places change the hash', () => {
  expect(restartHash({ ...inputs, command: 'b', config: 'a' })).not.toBe(restartHash(inputs));
  expect(restartHash({ ...inputs, command: 'ab', config: '' })).not.toBe(restartHash(inputs));
});

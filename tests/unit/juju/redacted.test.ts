import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Redacted } from '../../../src/juju/redacted.ts';

test('a secret shows only when it is revealed', () => {
  const secret = new Redacted('hunter2');
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9, showHidden: true }),
    format('%s %o %j', secret, secret, secret),
    Object.values(secret).join(),
  ];
  expect(shown.join('\n')).not.toContain('hunter2');
  expect(String(secret)).toBe('[redacted]');
  expect(JSON.stringify(secret)).toBe('"[redacted]"');
  expect(inspect(secret)).toBe('[redacted]');
  expect(secret.reveal()).toBe('hunter2');
});

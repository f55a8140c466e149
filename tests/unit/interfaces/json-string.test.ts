import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonString } from '../../../src/interfaces/json-string.ts';

test('the value behind the text is parsed by the schema', () => {
  expect(jsonString(z.object({ a: z.number() })).parse('{"a": 1}')).toEqual({ a: 1 });
});

test('text that is not JSON is an issue that says so', () => {
  const parsed = jsonString(z.unknown()).safeParse('{a');
  expect(parsed.error?.issues[0]?.message).toMatch(/^not JSON: /);
});

test('JSON of another shape is an issue of the schema', () => {
  const parsed = jsonString(z.object({ a: z.number() })).safeParse('{"a": "x"}');
  expect(parsed.error?.issues[0]?.path).toEqual(['a']);
});

test('any JSON value survives being text', () => {
  const schema = jsonString(z.unknown());
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(schema.parse(text))).toBe(text);
    }),
  );
});

test('no text is thrown out of safeParse', () => {
  const schema = jsonString(z.object({ a: z.string() }));
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.json()),
      (text) => typeof schema.safeParse(text).success === 'boolean',
    ),
  );
});

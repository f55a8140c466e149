import fc from 'fast-check';

/** Texts that somebody else may write where we expect JSON, YAML, a URL or a name. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom('', ' ', '\0', '__proto__', '['.repeat(1_000), '{"a":'.repeat(1_000), '- '.repeat(1_000)),
  fc.constantFrom('null', '[]', '{}', '"', '{"groups": null}', '{"groups": [null]}', '{"__proto__": 1}'),
);

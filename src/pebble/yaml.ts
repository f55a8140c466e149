import { dump, FAILSAFE_SCHEMA, load } from 'js-yaml';

/**
 * Parses YAML with every scalar as the text that was written. Pebble quotes what another YAML parser could take
 * for a number or a boolean, so its words and an environment's values come out as they went in.
 */
export function parseYaml(text: string): unknown {
  return load(text, { schema: FAILSAFE_SCHEMA });
}

/** Writes YAML, the same bytes for the same content whatever the order of its keys; undefined values are left out. */
export function writeYaml(value: unknown): string {
  return dump(value, { sortKeys: true, noRefs: true, lineWidth: -1 });
}

import { dump, FAILSAFE_SCHEMA, load } from 'js-yaml';

/** Anything that YAML can say; a key whose value is undefined is left out. */
export type YamlValue =
  string | number | boolean | undefined | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** Renders YAML: keys in the order given, never an alias, never a folded line. */
export function renderYaml(value: YamlValue): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

/**
 * Parses YAML with every scalar left as the text it is, so that Go's and our idea of a number or a boolean never
 * matters; the reader's schema says what it should be.
 *
 * @throws YAMLException if it is not YAML.
 */
export function parseYaml(text: string): unknown {
  return load(text, { schema: FAILSAFE_SCHEMA });
}

import { dump, load } from 'js-yaml';

/** Reads a YAML document; an empty one is undefined. Throws js-yaml's error, which names line and column. */
export function parseYaml(text: string): unknown {
  return text.trim() === '' ? undefined : load(text);
}

/** Writes a value as YAML, as Juju's tools print it; ends with a newline. */
export function formatYaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

import { dump, FAILSAFE_SCHEMA, load, YAMLException } from 'js-yaml';

/** Anything that YAML can say; a key whose value is undefined is left out. */
export type YamlValue =
  string | number | boolean | null | undefined | readonly YamlValue[] | { readonly [key: string]: YamlValue };

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

/**
 * Parses YAML that Go has written, with every scalar left as the text it is. Its library writes YAML 1.1, where the separators of
 * lines and paragraphs break a line too, and puts the indent behind them, which is not of the text (Mimir: yaml.v3, emitterc.go).
 *
 * @throws YAMLException if it is not YAML.
 */
export function parseGoYaml(text: string): unknown {
  return parseYaml(text.replaceAll(/(?<=[\u0085\u2028\u2029]) +/g, ''));
}

/**
 * Parses YAML with numbers and booleans as such, for texts that are passed on as they are.
 *
 * @throws YAMLException if it is not YAML.
 */
export function parseTypedYaml(text: string): unknown {
  return load(text);
}

/**
 * Parses YAML that an administrator wrote, of one document.
 *
 * @returns the value, or what is wrong and where, without the lines of the text themselves, which may hold secrets.
 */
export function explainYaml(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: parseYaml(text) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const reason = withoutQuotation(error.reason);
    return { problem: error.mark === undefined ? reason : `${reason} (line ${error.mark.line + 1})` };
  }
}

/** js-yaml's reasons end in what they are about, such as `unidentified alias "name"` or `unknown scalar tag !<name>`. */
function withoutQuotation(reason: string): string {
  return reason.split(/["<:!]/)[0]?.trim() ?? '';
}

/**
 * Texts by key as `--file -` reads them: JSON that YAML reads alike. Go's YAML refuses lone surrogates, DEL and the like,
 * and folds NEL, LS and PS, which YAML takes for line breaks.
 */
export function toYaml(values: Readonly<Record<string, string>>): string {
  const wellFormed = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]),
  );
  return JSON.stringify(wellFormed).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Mimir asks its object store before anything else at its start, 20 times within 90 s, and exits if that never went well
 * (Mimir: pkg/mimir/sanity_check.go).
 */
const complaint = 'msg="Unable to successfully connect to configured object storage';

/** What stands before the store's own words: how many of blocks, rules and Alertmanager failed, and the first of them. */
const preamble =
  /^(\d+ errors: )?(blocks|ruler|alertmanager) storage: (unable to successfully send a request to object storage: )?/;

/**
 * Says in the store's words why Mimir does not come up, out of the lines that it has logged since its start, oldest
 * first; undefined if the store is not what it waits for.
 */
export function storeTrouble(lines: readonly string[]): string | undefined {
  const last = lines.findLast((line) => line.includes(complaint));
  const quoted = last === undefined ? undefined : /\berr=("(?:[^"\\]|\\.)*"|\S+)/.exec(last)?.[1];
  if (quoted === undefined) return undefined;
  const words = quoted.startsWith('"') ? quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1') : quoted;
  return words.replace(preamble, '').split(/; (?=(?:blocks|ruler|alertmanager) storage: )/)[0];
}

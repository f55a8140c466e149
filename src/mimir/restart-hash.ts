import { createHash } from 'node:crypto';

/** What Mimir reads at its start only. Limits, log targets and databags never belong here. */
export const restartInputs = ['command', 'config', 'alertmanagerFallback', 'version'] as const;

/** The text of each of `restartInputs`. */
export type RestartInputs = Readonly<Record<(typeof restartInputs)[number], string>>;

/** Hashes what needs a restart when it changes: SHA-256 in hex, the same for the same texts. */
export function restartHash(inputs: RestartInputs): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(restartInputs.map((name) => inputs[name])));
  return hash.digest('hex');
}

import { fnv1a } from './fnv1a.ts';

/** What Mimir reads at its start only. Limits, log targets and databags never belong here. */
export const restartInputs = [
  'command',
  'config',
  'alertmanagerFallback',
  'storeCa',
  'trustedCa',
  'tls',
  'tracesTo',
  'version',
] as const;

/** The text of each of `restartInputs`. */
export type RestartInputs = Readonly<Record<(typeof restartInputs)[number], string>>;

/**
 * Hashes what needs a restart when it changes: 16 hex digits, the same for the same texts. Nobody gains by two texts
 * of one hash, so FNV-1a does, and spares every dispatch the loading of OpenSSL, a tenth of its time.
 */
export function restartHash(inputs: RestartInputs): string {
  return fnv1a(JSON.stringify(restartInputs.map((name) => inputs[name])));
}

/** Mimir: what `server.log_level` may be. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** How much Mimir logs. Mimir has no way to change it while it runs. */
export type LogLevel = (typeof logLevels)[number];

/**
 * Parses how much Mimir should log.
 *
 * @returns the level, or a sentence that tells the administrator what to write instead.
 */
export function parseLogLevel(text: string): { readonly level: LogLevel } | { readonly problem: string } {
  const level = logLevels.find((name) => name === text.trim());
  if (level !== undefined) return { level };
  return { problem: `"${text}" is not a log level; write debug, info, warn or error, such as info` };
}

import { parseDuration } from './duration.ts';

/** Mimir: `blocks_storage.tsdb.block_ranges_period`, the shortest block; deleting one before it is full loses samples. */
const blockRange = 2 * 3_600_000;

/**
 * Parses the time that a unit keeps a block on its own disk, after the block was shipped.
 *
 * @returns its milliseconds, or a sentence that tells the administrator what to write instead.
 */
export function parseRetention(
  text: string,
): { readonly milliseconds: number } | { readonly problem: string } {
  const milliseconds = parseDuration(text.trim());
  if (milliseconds === undefined)
    return { problem: `"${text}" is not a duration; write a number and a unit, such as 24h or 7d` };
  if (milliseconds <= blockRange)
    return { problem: `"${text}" is too short, a block spans 2h; set more than 2h, such as 24h` };
  return { milliseconds };
}

const unitMilliseconds = {
  y: 365 * 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
  d: 24 * 3_600_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
} as const;

const unitNames = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const;
const shape = new RegExp(`^${unitNames.map((unit) => String.raw`(?:(\d+(?:\.\d+)?)${unit})?`).join('')}$`);

/**
 * Parses a duration as Prometheus (`1d`, `1h30m`, `0`) or Go (`1.5h`) writes it, into milliseconds; undefined if it
 * is neither. A year has 365 days.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = text === '' ? null : shape.exec(text);
  if (match === null) return undefined;
  const parts = unitNames.map((unit, index) => Number(match[index + 1] ?? 0) * unitMilliseconds[unit]);
  return Math.round(parts.reduce((sum, part) => sum + part, 0));
}

/** Renders milliseconds in hours and less, which both Go and Prometheus read: `26h`, `1h30m`, `0s`. */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (const unit of ['h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / unitMilliseconds[unit]);
    rest -= count * unitMilliseconds[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

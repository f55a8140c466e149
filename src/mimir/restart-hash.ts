/** What Mimir reads at its start only. Limits, log targets and databags never belong here. */
export const restartInputs = ['command', 'config', 'alertmanagerFallback', 'version'] as const;

/** The text of each of `restartInputs`. */
export type RestartInputs = Readonly<Record<(typeof restartInputs)[number], string>>;

/**
 * Hashes what needs a restart when it changes: 16 hex digits, the same for the same texts. Nobody gains by two texts
 * of one hash, so FNV-1a does, and spares every dispatch the loading of OpenSSL, a tenth of its time.
 */
export function restartHash(inputs: RestartInputs): string {
  return fnv1a(JSON.stringify(restartInputs.map((name) => inputs[name])));
}

/**
 * The 64-bit FNV-1a hash of a text's UTF-8 (draft-eastlake-fnv: section 2). It is kept as two halves of 32 bits, since
 * arithmetic of bigints takes five times as long; the prime is 2^40 + 0x1b3.
 */
export function fnv1a(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of Buffer.from(text)) {
    low ^= byte;
    const product = (low >>> 0) * 0x1b3;
    high = (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 2 ** 32)) | 0;
    low = product | 0;
  }
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

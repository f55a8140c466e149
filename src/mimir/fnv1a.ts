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

import type { Result } from './result.ts';

/**
 * Unpacks text that was compressed with xz, as far as `mostBytes`: what would be larger is not unpacked to its end, since
 * a few hundred bytes can hold gigabytes. The decoder is loaded when it is first needed.
 */
export async function unpackXz(packed: Uint8Array, mostBytes: number): Promise<Result<string>> {
  if (packed.length === 0) return { ok: false, reason: 'nothing is there to unpack' };
  const { default: xz } = await import('xz-decompress');
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // Leaving the loop cancels the stream, and with it the decoding.
    for await (const chunk of new xz.XzReadableStream(new Blob([Uint8Array.from(packed)]).stream())) {
      size += chunk.length;
      if (size > mostBytes) return { ok: false, reason: `more than ${mostBytes} bytes when unpacked` };
      chunks.push(chunk);
    }
  } catch (error) {
    // The decoder's only word for what is wrong is a number.
    const words = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `not whole and sound xz (${words})` };
  }
  return { ok: true, value: Buffer.concat(chunks).toString('utf8') };
}

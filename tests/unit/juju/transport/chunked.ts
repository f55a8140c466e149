/** Splits `stream` into chunks of these sizes, over and over. */
export function chunked(stream: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let position = 0; position < stream.length;) {
    const size = sizes[chunks.length % sizes.length] ?? 1;
    chunks.push(stream.subarray(position, position + size));
    position += size;
  }
  return chunks;
}

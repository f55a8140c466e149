/** What is used of snappyjs, which ships no types: the block format, without framing. */
declare module 'snappyjs' {
  const snappy: {
    compress(bytes: Uint8Array): Uint8Array;
    uncompress(bytes: Uint8Array): Uint8Array;
  };
  export = snappy;
}

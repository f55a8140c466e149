import { createCursor, GobError, maxMessageLength, unsignedLength } from './gob-wire.ts';

/** Cuts a stream into messages, however it was split into chunks. */
export interface FrameReader {
  /** Takes a chunk and returns the messages that are now whole. */
  feed(chunk: Buffer): readonly Buffer[];
  /** Bytes of a message that is not whole yet. */
  pending(): number;
}

/** A reader of messages that begin with their length (Go: encoding/gob). */
export function createFrameReader(): FrameReader {
  let chunks: Buffer[] = [];
  let size = 0;
  /** Length of the message with its prefix, once the prefix is there. */
  let expected: number | undefined;

  const next = (): Buffer | undefined => {
    if (expected === undefined) {
      const joined = Buffer.concat(chunks);
      chunks = [joined];
      expected = frameLength(joined);
    }
    if (expected === undefined || size < expected) return undefined;
    const joined = Buffer.concat(chunks);
    const frame = joined.subarray(0, expected);
    chunks = [joined.subarray(expected)];
    size -= expected;
    expected = undefined;
    return frame.subarray(unsignedLength(frame.readUInt8()));
  };

  return {
    feed(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      const frames: Buffer[] = [];
      for (let frame = next(); frame !== undefined; frame = next()) frames.push(frame);
      return frames;
    },
    pending: () => size,
  };
}

function frameLength(start: Buffer): number | undefined {
  const [first] = start;
  if (first === undefined) return undefined;
  const prefix = unsignedLength(first);
  if (start.length < prefix) return undefined;
  const length = createCursor(start).unsigned();
  if (length > maxMessageLength) {
    throw new GobError(`cannot read a message: it is ${length} bytes long, more than ${maxMessageLength}`);
  }
  return prefix + Number(length);
}

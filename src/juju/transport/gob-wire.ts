/** Bytes that are not what Go's encoding/gob writes, or more than we take. */
export class GobError extends Error {
  override readonly name = 'GobError';
}

/** Longest message taken, in bytes: twice the most that one databag may hold (Juju: core/quota). */
export const maxMessageLength = 32 * 1024 * 1024;

/** Most bytes that a number takes: a byte that says how many follow, and these. */
const longestNumber = 9;

/** Gathers one message, in a buffer that grows. */
export interface ByteSink {
  /** An unsigned number: one byte below 128, else minus the count of bytes, and the bytes (Go: encoding/gob). */
  unsigned(value: number | bigint): void;
  /** A signed number: the sign is the lowest bit, and a negative one is complemented (Go: encoding/gob). */
  signed(value: number | bigint): void;
  /** A length, and so many bytes. */
  bytes(content: Buffer): void;
  /** A text as the bytes of its UTF-8. */
  text(content: string): void;
  /** What was gathered, with its length before it. */
  framed(): Buffer;
}

/** A sink for one message, without any. */
export function createSink(): ByteSink {
  // The first bytes are kept free for the message's length, which is known at the end.
  let buffer = Buffer.allocUnsafe(256);
  let end = longestNumber;

  const reserve = (length: number) => {
    if (end + length <= buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (end + length));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  };
  const unsigned = (value: number | bigint) => {
    reserve(longestNumber);
    end = writeUnsigned(buffer, end, value);
  };
  return {
    unsigned,
    signed: (value) => {
      // Nearly all are ids and exit codes, which need no wide arithmetic.
      if (typeof value === 'number' && value >= 0 && value <= mostExactDouble) unsigned(2 * value);
      else unsigned(complemented(BigInt(value)));
    },
    bytes: (content) => {
      unsigned(content.length);
      reserve(content.length);
      end += content.copy(buffer, end);
    },
    text: (content) => {
      const length = Buffer.byteLength(content);
      unsigned(length);
      reserve(length);
      end += buffer.write(content, end);
    },
    framed: () => frame(buffer.subarray(0, end)),
  };
}

/** Writes the length of a message right before it, into the bytes that were kept free. */
function frame(buffer: Buffer): Buffer {
  const length = buffer.length - longestNumber;
  const start = longestNumber - writeUnsigned(Buffer.alloc(longestNumber), 0, length);
  writeUnsigned(buffer, start, length);
  return buffer.subarray(start);
}

function complemented(value: bigint): bigint {
  return value < 0n ? (~value << 1n) | 1n : value << 1n;
}

/** Writes an unsigned number at `position`, and returns where it ends. */
function writeUnsigned(buffer: Buffer, position: number, value: number | bigint): number {
  if (value < 128) return buffer.writeUInt8(Number(value), position);
  const digits = value.toString(16);
  const length = Math.ceil(digits.length / 2);
  buffer.writeUInt8(256 - length, position);
  return position + 1 + buffer.write(digits.padStart(2 * length, '0'), position + 1, 'hex');
}

/** Greatest number whose double is exact. */
const mostExactDouble = (Number.MAX_SAFE_INTEGER - 1) / 2;

/** Most bytes of a number that Buffer reads as an exact number. */
const narrowBytes = 6;

/** The bytes that the number beginning with `first` takes in all. */
export function unsignedLength(first: number): number {
  if (first < 128) return 1;
  if (first < 248) throw new GobError('cannot read a number: it has more than 8 bytes');
  return 1 + 256 - first;
}

/** Reads one message from its beginning to its end. */
export interface ByteCursor {
  /** Bytes not read yet. */
  remaining(): number;
  /** The next `length` bytes, in place. */
  take(length: number): Buffer;
  /** An unsigned number of at most 64 bits; a bigint only if a number cannot hold it exactly. */
  unsigned(): number | bigint;
  /** A signed number of at most 64 bits; a bigint only if a number cannot hold it exactly. */
  signed(): number | bigint;
  /** A count of things that take at least `size` bytes each, so that it cannot exceed what is left. */
  count(size: number): number;
}

/** A cursor at the beginning of `message`. Its methods throw GobError where the message ends early. */
export function createCursor(message: Buffer): ByteCursor {
  let position = 0;
  const remaining = () => message.length - position;
  const take = (length: number) => {
    if (length > remaining()) throw new GobError('cannot read a message: it ends early');
    position += length;
    return message.subarray(position - length, position);
  };
  const unsigned = () => {
    const first = message[position];
    if (first === undefined) throw new GobError('cannot read a message: it ends early');
    position += 1;
    const length = unsignedLength(first) - 1;
    if (length === 0) return first;
    const bytes = take(length);
    return length <= narrowBytes ? bytes.readUIntBE(0, length) : narrow(BigInt(`0x${bytes.toString('hex')}`));
  };
  return {
    remaining,
    take,
    unsigned,
    signed: () => {
      const value = unsigned();
      if (typeof value === 'number') return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      return narrow((value & 1n) === 1n ? ~(value >> 1n) : value >> 1n);
    },
    count: (size) => {
      const value = unsigned();
      if (value > remaining() / size) throw new GobError('cannot read a message: it ends early');
      return Number(value);
    },
  };
}

function narrow(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

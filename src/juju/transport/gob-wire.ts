/** Bytes that are not what Go's encoding/gob writes, or more than we take. */
export class GobError extends Error {
  override readonly name = 'GobError';
}

/** Longest message taken, in bytes: twice the most that one databag may hold (Juju: core/quota). */
export const maxMessageLength = 32 * 1024 * 1024;

/** Writes an unsigned number: one byte below 128, else minus the count of bytes, and the bytes (Go: encoding/gob). */
export function encodeUnsigned(value: number | bigint): Buffer {
  if (value < 128) return Buffer.of(Number(value));
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(256 - bytes.length), bytes]);
}

/** Writes a signed number: the sign is the lowest bit, and a negative one is complemented (Go: encoding/gob). */
export function encodeSigned(value: number | bigint): Buffer {
  // Nearly all are ids and exit codes, which need no wide arithmetic.
  if (typeof value === 'number' && value >= 0 && value <= mostExactDouble) return encodeUnsigned(2 * value);
  const wide = BigInt(value);
  return encodeUnsigned(wide < 0n ? (~wide << 1n) | 1n : wide << 1n);
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
    const first = take(1).readUInt8();
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

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createCursor,
  createSink,
  GobError,
  type ByteSink,
} from '../../../../src/juju/transport/gob-wire.ts';

/** A message of what `write` puts into it, with its length of one byte before it. */
function framed(write: (sink: ByteSink) => void): Buffer {
  const sink = createSink();
  write(sink);
  return sink.framed();
}

/** The bytes of a single number. */
const unsigned = (value: number | bigint) =>
  framed((sink) => {
    sink.unsigned(value);
  }).subarray(1);
const signed = (value: number | bigint) =>
  framed((sink) => {
    sink.signed(value);
  }).subarray(1);
const hex = (bytes: Buffer) => bytes.toString('hex');

describe('a number on the wire', () => {
  test.each([
    [0, '00'],
    [127, '7f'],
    [128, 'ff80'],
    [256, 'fe0100'],
    [311, 'fe0137'],
  ])('unsigned %d is %s', (value, bytes) => {
    expect(hex(unsigned(value))).toBe(bytes);
  });

  test.each([
    [1, '02'],
    [-1, '01'],
    [64, 'ff80'],
    [-64, '7f'],
  ])('signed %d is %s', (value, bytes) => {
    expect(hex(signed(value))).toBe(bytes);
  });

  test('is read back whatever its size', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
        const read = createCursor(signed(value)).signed();
        expect(BigInt(read)).toBe(value);
        expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'bigint');
      }),
    );
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
        expect(BigInt(createCursor(unsigned(value)).unsigned())).toBe(value);
      }),
    );
  });

  test('of more than 8 bytes, or cut short, is refused', () => {
    expect(() => createCursor(Buffer.from('f7010203040506070809', 'hex')).unsigned()).toThrow(GobError);
    expect(() => createCursor(Buffer.from('fe01', 'hex')).unsigned()).toThrow(GobError);
    expect(() => createCursor(Buffer.alloc(0)).unsigned()).toThrow(GobError);
  });
});

describe('a message', () => {
  test.each([0, 127, 128, 255, 256, 70_000])('of a text of %d bytes begins with its length', (length) => {
    const message = framed((sink) => {
      sink.text('x'.repeat(length));
    });
    const cursor = createCursor(message);
    expect(cursor.unsigned()).toBe(cursor.remaining());
    expect(cursor.take(cursor.count(1)).toString()).toBe('x'.repeat(length));
    expect(cursor.remaining()).toBe(0);
  });

  test('holds texts and bytes of any length one after the other', () => {
    const contents = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.uint8Array()));
    fc.assert(
      fc.property(contents, (values) => {
        const message = framed((sink) => {
          for (const value of values) {
            if (typeof value === 'string') sink.text(value);
            else sink.bytes(Buffer.from(value));
          }
        });
        const cursor = createCursor(message);
        expect(cursor.unsigned()).toBe(cursor.remaining());
        for (const value of values) expect(cursor.take(cursor.count(1))).toEqual(Buffer.from(value));
      }),
    );
  });
});

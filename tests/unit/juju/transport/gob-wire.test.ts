import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createCursor,
  encodeSigned,
  encodeUnsigned,
  GobError,
} from '../../../../src/juju/transport/gob-wire.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');

describe('a number on the wire', () => {
  test.each([
    [0, '00'],
    [127, '7f'],
    [128, 'ff80'],
    [256, 'fe0100'],
    [311, 'fe0137'],
  ])('unsigned %d is %s', (value, bytes) => {
    expect(hex(encodeUnsigned(value))).toBe(bytes);
  });

  test.each([
    [1, '02'],
    [-1, '01'],
    [64, 'ff80'],
    [-64, '7f'],
  ])('signed %d is %s', (value, bytes) => {
    expect(hex(encodeSigned(value))).toBe(bytes);
  });

  test('is read back whatever its size', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
        const read = createCursor(encodeSigned(value)).signed();
        expect(BigInt(read)).toBe(value);
        expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'bigint');
      }),
    );
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
        expect(BigInt(createCursor(encodeUnsigned(value)).unsigned())).toBe(value);
      }),
    );
  });

  test('of more than 8 bytes, or cut short, is refused', () => {
    expect(() => createCursor(Buffer.from('f7010203040506070809', 'hex')).unsigned()).toThrow(GobError);
    expect(() => createCursor(Buffer.from('fe01', 'hex')).unsigned()).toThrow(GobError);
    expect(() => createCursor(Buffer.alloc(0)).unsigned()).toThrow(GobError);
  });
});

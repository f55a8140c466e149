import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  createFrameDecoder,
  encodeFrame,
  largestPayload,
  opcodes,
  WebSocketProtocolError,
} from '../../../src/pebble/websocket-frames.ts';
import type { Frame } from '../../../src/pebble/websocket-frames.ts';

const text = (payload: string) => ({ final: true, opcode: opcodes.text, payload: Buffer.from(payload) });
const describeFrame = ({ final, opcode, payload }: Frame) => [final, opcode, payload.toString('latin1')];
const hex = (bytes: Buffer) => bytes.toString('hex');
const decodeHex = (bytes: string) => createFrameDecoder('server')(Buffer.from(bytes, 'hex'));

function codeOf(act: () => unknown): number | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof WebSocketProtocolError) return error.code;
    throw error;
  }
  return undefined;
}

describe('frames', () => {
  it('are the bytes of the examples in RFC 6455, section 5.7', () => {
    expect(hex(encodeFrame(text('Hello')))).toBe('810548656c6c6f');
    const mask = Buffer.from('37fa213d', 'hex');
    expect(hex(encodeFrame(text('Hello'), mask))).toBe('818537fa213d7f9f4d5158');
    expect(hex(encodeFrame({ ...text('Hel'), final: false }))).toBe('010348656c');
    expect(hex(encodeFrame({ final: true, opcode: opcodes.ping, payload: Buffer.from('Hello') }))).toBe(
      '890548656c6c6f',
    );
    const head = (length: number) =>
      hex(
        encodeFrame({ final: true, opcode: opcodes.binary, payload: Buffer.alloc(length) }).subarray(
          0,
          -length,
        ),
      );
    expect([head(125), head(126)]).toEqual(['827d', '827e007e']);
    expect([head(256), head(65_535)]).toEqual(['827e0100', '827effff']);
    expect(head(65_536)).toBe('827f0000000000010000');
  });

  it('come out as they went in, however the bytes are cut', () => {
    const frame = fc.record({
      final: fc.boolean(),
      opcode: fc.constantFrom(opcodes.continuation, opcodes.text, opcodes.binary),
      payload: fc
        .oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(70_000)))
        .map((bytes) => Buffer.from(bytes)),
    });
    const mask = fc.option(
      fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      {
        nil: undefined,
      },
    );
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        mask,
        fc.integer({ min: 1000, max: 90_000 }),
        (frames, key, step) => {
          const wire = Buffer.concat(frames.map((one) => encodeFrame(one, key)));
          const decode = createFrameDecoder(key === undefined ? 'server' : 'client');
          const found = [];
          for (let start = 0; start < wire.length; start += step) {
            found.push(...decode(wire.subarray(start, start + step)));
          }
          expect(found.map(describeFrame)).toEqual(frames.map(describeFrame));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are not touched by their mask in the memory of the sender', () => {
    const payload = Buffer.from('secret');
    encodeFrame({ final: true, opcode: opcodes.binary, payload }, Buffer.from([1, 2, 3, 4]));
    expect(payload.toString()).toBe('secret');
  });

  it('are kept back until they are whole', () => {
    const decode = createFrameDecoder('server');
    const wire = encodeFrame(text('Hello'));
    for (const byte of wire.subarray(0, -1)) expect(decode(Buffer.from([byte]))).toEqual([]);
    expect(decode(wire.subarray(-1))).toEqual([text('Hello')]);
  });

  it.each([
    ['reserved bits', 'c100'],
    ['an unknown opcode', '8300'],
    ['a fragmented control frame', '0900'],
    ['a long control frame', '897e0080'],
    ['a mask from a server', '818100000000ff'],
  ])('are refused with %s', (_, bytes) => {
    expect(codeOf(() => decodeHex(bytes))).toBe(1002);
  });

  it('are refused when a client does not mask them', () => {
    expect(codeOf(() => createFrameDecoder('client')(Buffer.from('8100', 'hex')))).toBe(1002);
  });

  it('are refused before they are read when they are too large', () => {
    const head = Buffer.from('827f0000000000000000', 'hex');
    head.writeBigUInt64BE(BigInt(largestPayload + 1), 2);
    expect(codeOf(() => createFrameDecoder('server')(head))).toBe(1009);
    head.writeBigUInt64BE(BigInt(largestPayload), 2);
    expect(codeOf(() => createFrameDecoder('server')(head))).toBeUndefined();
  });
});

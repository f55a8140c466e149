import { describe, expect, it } from 'vitest';

import { opcodes, WebSocketProtocolError } from '../../../src/pebble/websocket-frames.ts';
import { createMessageAssembler } from '../../../src/pebble/websocket-messages.ts';

const frame = (opcode: number, payload: string | Buffer, final = true) => ({
  final,
  opcode,
  payload: Buffer.from(payload),
});

describe('messages', () => {
  it('are strings or bytes, as their first frame says', () => {
    const assemble = createMessageAssembler();
    expect(assemble(frame(opcodes.text, 'é'))).toBe('é');
    expect(assemble(frame(opcodes.binary, 'é'))).toEqual(Buffer.from('é'));
    expect(assemble(frame(opcodes.text, ''))).toBe('');
  });

  it('are put together from fragments, with control frames between and characters cut in two', () => {
    const assemble = createMessageAssembler();
    const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
    expect(assemble(frame(opcodes.text, first, false))).toBeUndefined();
    expect(assemble(frame(opcodes.ping, 'are you there?'))).toBeUndefined();
    expect(assemble(frame(opcodes.continuation, second, false))).toBeUndefined();
    expect(assemble(frame(opcodes.continuation, '!'))).toBe('é!');
    expect(assemble(frame(opcodes.binary, 'next'))).toEqual(Buffer.from('next'));
  });

  it('are refused when their fragments do not fit', () => {
    expect(() => createMessageAssembler()(frame(opcodes.continuation, 'x'))).toThrow(
      'continuation of no message',
    );
    const assemble = createMessageAssembler();
    assemble(frame(opcodes.text, 'x', false));
    expect(() => assemble(frame(opcodes.text, 'y'))).toThrow('message inside a message');
  });

  it('are refused when their text is not UTF-8', () => {
    const act = () => createMessageAssembler()(frame(opcodes.text, Buffer.from([0xff])));
    expect(act).toThrow(WebSocketProtocolError);
    expect(act).toThrow('text that is not UTF-8');
  });
});

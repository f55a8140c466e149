import { opcodes, WebSocketProtocolError } from './websocket-frames.ts';
import type { Frame } from './websocket-frames.ts';

/** A whole message: text as a string, bytes as a Buffer. */
export type WebSocketMessage = string | Buffer;

/** Takes frames in their order, and returns the message that one completes. */
export type MessageAssembler = (frame: Frame) => WebSocketMessage | undefined;

/**
 * Makes an assembler of messages that may come in fragments, with control frames between them (RFC 6455,
 * section 5.4). Control frames complete no message.
 */
export function createMessageAssembler(): MessageAssembler {
  let opcode: number = opcodes.continuation;
  let fragments: Buffer[] = [];
  return (frame) => {
    if (frame.opcode >= opcodes.close) return undefined;
    const continues = frame.opcode === opcodes.continuation;
    if (continues !== fragments.length > 0) {
      throw new WebSocketProtocolError(continues ? 'continuation of no message' : 'message inside a message');
    }
    if (!continues) opcode = frame.opcode;
    fragments.push(frame.payload);
    if (!frame.final) return undefined;
    const whole = Buffer.concat(fragments);
    fragments = [];
    return opcode === opcodes.text ? decodeText(whole) : whole;
  };
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new WebSocketProtocolError('text that is not UTF-8', 1007);
  }
}

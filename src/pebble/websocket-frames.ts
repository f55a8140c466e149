/** What a frame is (RFC 6455, section 5.2). */
export const opcodes = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** One frame, unmasked. */
export interface Frame {
  /** Whether a message ends with it. */
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The other side broke the protocol; `code` is the close code to answer it with (RFC 6455, section 7.4.1). */
export class WebSocketProtocolError extends Error {
  readonly code: number;

  constructor(why: string, code = 1002) {
    super(`cannot read WebSocket frame: ${why}`);
    this.name = 'WebSocketProtocolError';
    this.code = code;
  }
}

/** Largest payload in bytes that is taken. Pebble sends at most 128 KiB at once (Pebble: internals/wsutil). */
export const largestPayload = 16 * 1024 * 1024;

/** Writes a frame; a client must give a fresh random mask of four bytes, a server none. */
export function encodeFrame({ final, opcode, payload }: Frame, mask?: Buffer): Buffer {
  const head = encodeHead(payload.length, mask === undefined ? 0 : 0x80);
  head[0] = (final ? 0x80 : 0) | opcode;
  return mask === undefined
    ? Buffer.concat([head, payload])
    : Buffer.concat([head, mask, masked(payload, mask)]);
}

/** Takes bytes as they come and returns the frames that they complete; keeps the rest. */
export type FrameDecoder = (chunk: Buffer) => Frame[];

/** Makes a decoder of frames that must all be masked (from a client) or all be bare (from a server). */
export function createFrameDecoder(sender: 'client' | 'server'): FrameDecoder {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (let head = decodeHead(rest, sender); head !== undefined; head = decodeHead(rest, sender)) {
      const end = head.payloadStart + head.length;
      if (rest.length < end) break;
      const payload = rest.subarray(head.payloadStart, end);
      const { final, opcode, mask } = head;
      frames.push({ final, opcode, payload: mask === undefined ? payload : masked(payload, mask) });
      rest = rest.subarray(end);
    }
    return frames;
  };
}

function encodeHead(length: number, maskBit: number): Buffer {
  if (length < 126) return Buffer.from([0, maskBit | length]);
  if (length < 0x1_0000) {
    const head = Buffer.from([0, maskBit | 126, 0, 0]);
    head.writeUInt16BE(length, 2);
    return head;
  }
  const head = Buffer.alloc(10);
  head[1] = maskBit | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

interface Head extends Omit<Frame, 'payload'> {
  readonly length: number;
  readonly mask: Buffer | undefined;
  readonly payloadStart: number;
}

/** Returns undefined while the bytes do not hold the whole head. */
function decodeHead(bytes: Buffer, sender: 'client' | 'server'): Head | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  checkBits(first, second, sender);
  const lengthBytes = { 126: 2, 127: 8 }[second & 0x7f] ?? 0;
  const maskBytes = sender === 'client' ? 4 : 0;
  const payloadStart = 2 + lengthBytes + maskBytes;
  if (bytes.length < payloadStart) return undefined;
  const length = readLength(bytes, second & 0x7f);
  if (length > largestPayload) throw new WebSocketProtocolError(`payload of ${length} bytes`, 1009);
  return {
    final: (first & 0x80) !== 0,
    opcode: first & 0x0f,
    length,
    mask: maskBytes === 0 ? undefined : bytes.subarray(payloadStart - 4, payloadStart),
    payloadStart,
  };
}

function checkBits(first: number, second: number, sender: 'client' | 'server'): void {
  if ((first & 0x70) !== 0) throw new WebSocketProtocolError('reserved bits are set');
  const opcode = first & 0x0f;
  if (!Object.values<number>(opcodes).includes(opcode)) {
    throw new WebSocketProtocolError(`unknown opcode ${opcode}`);
  }
  if (opcode >= 0x8 && (first & 0x80) === 0) throw new WebSocketProtocolError('fragmented control frame');
  if (opcode >= 0x8 && (second & 0x7f) > 125) throw new WebSocketProtocolError('long control frame');
  if (((second & 0x80) !== 0) !== (sender === 'client')) throw new WebSocketProtocolError('wrong masking');
}

function readLength(bytes: Buffer, short: number): number {
  if (short === 126) return bytes.readUInt16BE(2);
  return short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
}

function masked(payload: Buffer, mask: Buffer): Buffer {
  const result = Buffer.from(payload);
  for (let index = 0; index < result.length; index++) {
    result[index] = (result[index] ?? 0) ^ (mask[index & 3] ?? 0);
  }
  return result;
}

import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';

import { readEnvelope, unexpected } from './api.ts';
import { PebbleError, PebbleUnreachableError } from './errors.ts';
import type { PebbleTransport } from './transport.ts';
import { createFrameDecoder, encodeFrame, opcodes, WebSocketProtocolError } from './websocket-frames.ts';
import type { Frame } from './websocket-frames.ts';
import { createMessageAssembler } from './websocket-messages.ts';
import type { WebSocketMessage } from './websocket-messages.ts';

/** The client's side of one WebSocket connection. */
export interface WebSocketConnection {
  /** Messages as they come, until the other side closes. Throws `PebbleUnreachableError` if it goes without a word. */
  messages(): AsyncGenerator<WebSocketMessage, void, undefined>;
  /** Sends a message; ends when the kernel has it, so that a long row of them does not pile up. */
  send(message: WebSocketMessage): Promise<void>;
  /** Says goodbye and ends the connection. */
  close(): void;
  /** Cuts the connection without a word. */
  destroy(): void;
}

/** RFC 6455, section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Opens a WebSocket over the transport (RFC 6455, section 4.1); Node.js' own one cannot dial unix sockets. */
export async function openWebSocket(
  transport: PebbleTransport,
  { doing, path }: { readonly doing: string; readonly path: string },
): Promise<WebSocketConnection> {
  const key = randomBytes(16).toString('base64');
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
  };
  const upgrade = await transport.upgrade({ doing, method: 'GET', path, headers });
  if ('refused' in upgrade) {
    readEnvelope(doing, upgrade.refused);
    throw unexpected(doing, 'it is no WebSocket', upgrade.refused.statusCode);
  }
  const accept = createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64');
  if (upgrade.accept === accept) return overSocket(doing, upgrade.socket, upgrade.head);
  upgrade.socket.destroy();
  throw unexpected(doing, 'its handshake is of another WebSocket');
}

/** The client's side over a connection whose handshake is done; `head` is what came after it. */
export function overSocket(doing: string, socket: Duplex, head: Buffer): WebSocketConnection {
  // An error also ends `messages` and `send`, which report it; without a listener it would end the process.
  socket.on('error', () => undefined);
  const write = (opcode: number, payload: Buffer) =>
    new Promise<void>((resolve, reject) => {
      socket.write(encodeFrame({ final: true, opcode, payload }, randomBytes(4)), (error) => {
        if (error) reject(new PebbleUnreachableError(doing, 'the connection broke', error));
        else resolve();
      });
    });
  const sayGoodbye = (code: number) => {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    // Behind bytes that no one reads, the goodbye would keep the connection and the process for ever.
    if (socket.writableLength > 0) socket.destroy();
    else
      socket.end(encodeFrame({ final: true, opcode: opcodes.close, payload }, randomBytes(4)), () =>
        socket.destroy(),
      );
  };
  return {
    messages: () => readMessages({ doing, socket, head, write, sayGoodbye }),
    send: (message) =>
      typeof message === 'string'
        ? write(opcodes.text, Buffer.from(message))
        : write(opcodes.binary, message),
    close: () => {
      sayGoodbye(1000);
    },
    destroy: () => {
      socket.destroy();
    },
  };
}

interface Reading {
  readonly doing: string;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly write: (opcode: number, payload: Buffer) => Promise<void>;
  readonly sayGoodbye: (code: number) => void;
}

async function* readMessages(reading: Reading): AsyncGenerator<WebSocketMessage, void, undefined> {
  const { doing, write, sayGoodbye } = reading;
  const assemble = createMessageAssembler();
  try {
    for await (const frame of framesOf(reading)) {
      if (frame.opcode === opcodes.ping) await write(opcodes.pong, frame.payload);
      const message = assemble(frame);
      if (message !== undefined) yield message;
      if (frame.opcode !== opcodes.close) continue;
      sayGoodbye(1000);
      return;
    }
  } catch (error) {
    if (!(error instanceof WebSocketProtocolError)) throw error;
    sayGoodbye(error.code);
    throw new PebbleError(doing, error.message, { kind: 'unexpected-answer', cause: error });
  }
  throw new PebbleUnreachableError(doing, 'the connection was cut');
}

async function* framesOf(reading: Reading): AsyncGenerator<Frame, void, undefined> {
  const decode = createFrameDecoder('server');
  for await (const chunk of chunksOf(reading)) yield* decode(chunk);
}

async function* chunksOf({ doing, socket, head }: Reading): AsyncGenerator<Buffer, void, undefined> {
  yield head;
  try {
    const chunks: AsyncIterable<Buffer> = socket.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) yield chunk;
  } catch (error) {
    throw new PebbleUnreachableError(doing, 'the connection broke', error);
  }
}

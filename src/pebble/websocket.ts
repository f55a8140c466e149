import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';

import { readEnvelope, unexpected } from './api.ts';
import { PebbleError, PebbleUnreachableError } from './errors.ts';
import type { PebbleTransport } from './transport.ts';
import { createFrameDecoder, encodeFrame, opcodes, WebSocketProtocolError } from './websocket-frames.ts';
import type { Frame } from './websocket-frames.ts';
import { createInbox } from './websocket-inbox.ts';
import type { Inbox } from './websocket-inbox.ts';
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
  const inbox = createInbox();
  // Each chunk is taken the moment it comes: an error of a later write would have Node.js throw away what the stream
  // still holds, and Pebble drops a connection soon after the last word.
  const receive = receiver({ doing, socket, inbox });
  socket.on('data', receive);
  socket.on('error', (error) => {
    inbox.end(new PebbleUnreachableError(doing, 'the connection broke', error));
  });
  const cut = () => {
    inbox.end(new PebbleUnreachableError(doing, 'the connection was cut'));
  };
  socket.on('end', cut);
  socket.on('close', cut);
  receive(head);
  return {
    messages: () => inbox.messages(),
    send: (message) =>
      new Promise((resolve, reject) => {
        const opcode = typeof message === 'string' ? opcodes.text : opcodes.binary;
        socket.write(toFrame(opcode, Buffer.from(message)), (error) => {
          if (error) reject(new PebbleUnreachableError(doing, 'the connection broke', error));
          else resolve();
        });
      }),
    close: () => {
      sayGoodbye(socket, 1000);
    },
    destroy: () => {
      socket.destroy();
    },
  };
}

interface Receiving {
  readonly doing: string;
  readonly socket: Duplex;
  readonly inbox: Inbox;
}

function receiver({ doing, socket, inbox }: Receiving): (chunk: Buffer) => void {
  const decode = createFrameDecoder('server');
  const assemble = createMessageAssembler();
  const take = (frame: Frame) => {
    if (frame.opcode === opcodes.ping) socket.write(toFrame(opcodes.pong, frame.payload));
    const message = assemble(frame);
    if (message !== undefined) inbox.put(message);
    if (frame.opcode !== opcodes.close) return;
    inbox.end();
    sayGoodbye(socket, 1000);
  };
  return (chunk) => {
    try {
      decode(chunk).forEach(take);
    } catch (cause) {
      if (!(cause instanceof WebSocketProtocolError)) throw cause;
      inbox.end(new PebbleError(doing, cause.message, { kind: 'unexpected-answer', cause }));
      sayGoodbye(socket, cause.code);
    }
  };
}

function sayGoodbye(socket: Duplex, code: number): void {
  // Behind bytes that no one reads, the goodbye would keep the connection and the process for ever.
  if (socket.writableEnded || socket.writableLength > 0) {
    socket.destroy();
    return;
  }
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  socket.end(toFrame(opcodes.close, payload), () => socket.destroy());
}

function toFrame(opcode: number, payload: Buffer): Buffer {
  return encodeFrame({ final: true, opcode, payload }, randomBytes(4));
}

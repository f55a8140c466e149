import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { PebbleError, PebbleUnreachableError } from '../../../src/pebble/index.ts';
import type { PebbleTransport, PebbleUpgrade } from '../../../src/pebble/index.ts';
import { createFrameDecoder, encodeFrame, opcodes } from '../../../src/pebble/websocket-frames.ts';
import type { Frame } from '../../../src/pebble/websocket-frames.ts';
import { openWebSocket, overSocket } from '../../../src/pebble/websocket.ts';
import type { WebSocketConnection } from '../../../src/pebble/websocket.ts';

/** A connection and the server's end of it, with the frames that the server was sent. */
function connected(head: Buffer = Buffer.alloc(0)) {
  const [near, far] = duplexPair();
  const received: Frame[] = [];
  const decode = createFrameDecoder('client');
  far.on('data', (chunk: Buffer) => received.push(...decode(chunk)));
  far.on('error', () => undefined);
  return { connection: overSocket('run x', near, head), near, far, received };
}

const send = (far: Duplex, opcode: number, payload: string | Buffer) =>
  far.write(encodeFrame({ final: true, opcode, payload: Buffer.from(payload) }));

async function readAll(connection: WebSocketConnection) {
  const messages = [];
  try {
    for await (const message of connection.messages()) messages.push(message);
  } catch (error) {
    return { messages, error };
  }
  return { messages, error: undefined };
}

describe('a connection', () => {
  it('reads messages, those that came with the handshake first, until the other side says goodbye', async () => {
    const early = encodeFrame({ final: true, opcode: opcodes.text, payload: Buffer.from('early') });
    const { connection, far, received } = connected(early);
    send(far, opcodes.binary, 'bytes');
    send(far, opcodes.close, Buffer.from([0x03, 0xe8]));
    send(far, opcodes.text, 'too late');
    expect(await readAll(connection)).toEqual({
      messages: ['early', Buffer.from('bytes')],
      error: undefined,
    });
    await sleep(5);
    expect(received).toEqual([{ final: true, opcode: opcodes.close, payload: Buffer.from([0x03, 0xe8]) }]);
  });

  it('answers a ping with its own words', async () => {
    const { connection, far, received } = connected();
    send(far, opcodes.ping, 'there?');
    send(far, opcodes.pong, 'unasked');
    send(far, opcodes.text, 'yes');
    for await (const message of connection.messages()) {
      expect(message).toBe('yes');
      break;
    }
    expect(received).toEqual([{ final: true, opcode: opcodes.pong, payload: Buffer.from('there?') }]);
  });

  it('sends masked text and bytes', async () => {
    const { connection, received } = connected();
    await connection.send('text');
    await connection.send(Buffer.from([0, 255]));
    expect(received.map(({ opcode, payload }) => [opcode, payload])).toEqual([
      [opcodes.text, Buffer.from('text')],
      [opcodes.binary, Buffer.from([0, 255])],
    ]);
  });

  it('says goodbye when it is closed', async () => {
    const { connection, near, received } = connected();
    connection.close();
    await sleep(5);
    expect(received).toEqual([{ final: true, opcode: opcodes.close, payload: Buffer.from([0x03, 0xe8]) }]);
    expect(near.destroyed).toBe(true);
  });

  it('is not held open by bytes that no one reads', () => {
    const [near] = duplexPair();
    const connection = overSocket('run x', near, Buffer.alloc(0));
    void connection.send(Buffer.alloc(1_000_000));
    connection.close();
    expect(near.destroyed).toBe(true);
  });

  it('does not lose what came before a write that fails', async () => {
    const { connection, near, far } = connected();
    send(far, opcodes.text, 'last');
    await sleep(5);
    near.destroy(new Error('EPIPE'));
    const { messages, error } = await readAll(connection);
    expect(messages).toEqual(['last']);
    expect(error).toBeInstanceOf(PebbleUnreachableError);
  });

  it('that is cut without a word is an error, after the messages before it', async () => {
    const { connection, far } = connected();
    send(far, opcodes.text, 'last');
    far.end();
    const { messages, error } = await readAll(connection);
    expect(messages).toEqual(['last']);
    expect(error).toBeInstanceOf(PebbleUnreachableError);
    expect(String(error)).toContain('cannot run x: the connection was cut');
  });

  it('that breaks is an error with its cause', async () => {
    const { connection, near } = connected();
    const cause = new Error('ECONNRESET');
    setTimeout(() => near.destroy(cause), 5);
    const { error } = await readAll(connection);
    expect(error).toBeInstanceOf(PebbleUnreachableError);
    expect(error).toMatchObject({ cause });
    await expect(connection.send('x')).rejects.toBeInstanceOf(PebbleUnreachableError);
  });

  it('on which the protocol is broken is left with the code for it', async () => {
    const { connection, far, received } = connected();
    far.write(Buffer.from([0xc1, 0x00]));
    const { error } = await readAll(connection);
    expect(error).toBeInstanceOf(PebbleError);
    expect(error).toMatchObject({ kind: 'unexpected-answer' });
    await sleep(5);
    expect(received[0]?.payload).toEqual(Buffer.from([0x03, 0xea]));
  });
});

describe('the handshake', () => {
  const transport = (upgrade: PebbleUpgrade): PebbleTransport => ({
    send: () => Promise.reject(new Error('not asked for')),
    upgrade: () => Promise.resolve(upgrade),
    close: () => undefined,
  });
  const open = (upgrade: PebbleUpgrade) => openWebSocket(transport(upgrade), { doing: 'run x', path: '/ws' });

  it('is refused when it is the answer to another key', async () => {
    const [socket] = duplexPair();
    const upgrade = { socket, head: Buffer.alloc(0), accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' };
    await expect(open(upgrade)).rejects.toThrow('its handshake is of another WebSocket');
    expect(socket.destroyed).toBe(true);
  });

  it('reports why Pebble refuses it', async () => {
    const refusal = (result: string, statusCode: number) => ({
      refused: { statusCode, contentType: 'application/json', body: Buffer.from(result) },
    });
    const error = '{"type":"error","status-code":404,"result":{"message":"cannot find task"}}';
    await expect(open(refusal(error, 404))).rejects.toMatchObject({
      kind: 'not-found',
      message: 'cannot run x: cannot find task',
    });
    const fine = '{"type":"sync","status-code":200,"result":true}';
    await expect(open(refusal(fine, 200))).rejects.toThrow('it is no WebSocket');
  });
});

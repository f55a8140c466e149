import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { dialAgent } from '../../../../src/juju/transport/agent-connection.ts';
import { createRpcServerCodec } from '../../../../src/juju/transport/rpc.ts';

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

/** Connects to an agent that hands each of its answers to `send`. */
async function connectTo(send: (socket: Socket, answer: Buffer) => void | Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'agent-'));
  endings.push(() => rm(folder, { recursive: true }));
  const server = createServer((socket) => {
    const codec = createRpcServerCodec();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const { seq } of codec.feed(chunk)) {
        const response = { code: 0, stdout: Buffer.from('true\n'), stderr: Buffer.alloc(0) };
        void send(socket, codec.encodeAnswer({ seq, response }));
      }
    });
  });
  const address = join(folder, 'agent.socket');
  await new Promise<void>((resolve) => server.listen(address, resolve));
  endings.push(() => new Promise((resolve) => server.close(resolve)));
  const connection = await dialAgent(address, 100);
  endings.push(() => connection.close());
  return connection;
}

const request = { contextId: 'u/0-c-1', dir: '/c', commandName: 'is-leader', args: [], stdin: undefined };
const tooSlow = 'the unit agent began an answer and did not end it in 100 ms';

test('an answer that drips byte by byte is given up when its time is over', async () => {
  const connection = await connectTo(async (socket, answer) => {
    for (const byte of answer) {
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
      await sleep(10);
    }
  });
  await expect(connection.ask(request)).rejects.toThrow(tooSlow);
});

test('an answer in two parts is read if the second follows in time', async () => {
  const connection = await connectTo(async (socket, answer) => {
    socket.write(answer.subarray(0, 40));
    await sleep(30);
    socket.write(answer.subarray(40));
  });
  for (const seq of [0, 1]) expect(await connection.ask(request)).toMatchObject({ seq });
  await sleep(150);
  expect(connection.failure).toBeUndefined();
});

test('what an agent begins unasked is given up too, and nothing more is asked of it', async () => {
  const connection = await connectTo((socket, answer) => {
    socket.write(Buffer.concat([answer, Buffer.of(7)]));
  });
  await connection.ask(request);
  await expect.poll(() => connection.failure?.message).toBe(tooSlow);
});

test('requests of one turn are sent together, and each gets its own answer', async () => {
  const chunks: number[] = [];
  const held: Buffer[] = [];
  const connection = await connectTo((socket, answer) => {
    held.push(answer);
    chunks.push(socket.bytesRead);
    if (held.length === 3) socket.write(Buffer.concat(held));
  });
  const asked = [0, 1, 2].map(() => connection.ask(request));
  expect((await Promise.all(asked)).map(({ seq }) => seq)).toEqual([0, 1, 2]);
  expect(new Set(chunks).size).toBe(1);
});

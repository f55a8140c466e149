import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** Longest time that a connection may be silent, in ms; clients keep theirs for the next question. */
const silenceMs = 60_000;

/** Answers DNS messages over TCP on port 53, where each has its length in front (RFC 1035, section 4.2.2). */
export async function serveOverTcp(
  { address, port = 53 }: { readonly address: string; readonly port?: number },
  answer: (query: Buffer) => Buffer | undefined,
): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    // A client that has gone is no concern of ours.
    socket.on('error', () => socket.destroy());
    answerAll(socket, answer);
  });
  server.listen(port, address);
  await once(server, 'listening');
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function answerAll(socket: Socket, answer: (query: Buffer) => Buffer | undefined): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const reply = answer(received.subarray(2, end));
      received = received.subarray(end);
      if (reply === undefined) {
        socket.destroy();
        return;
      }
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([length, reply]));
    }
  });
}

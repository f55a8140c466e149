import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { joinConnections } from './join-connections.ts';
import type { Forward } from './launch.ts';

/** Unix sockets are not bound to a network namespace: this one leads from the host's into the simulator's. */
export function forwardSocket(stateDir: string): string {
  return join(stateDir, 'forward.sock');
}

/** Listens on the host's loopback; each connection says on the unix socket where it wants to go. */
export async function listenForward(forward: Forward, stateDir: string): Promise<Forward> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const inner = connect({ path: forwardSocket(stateDir), allowHalfOpen: true });
    inner.write(`${forward.host} ${forward.port}\n`);
    joinConnections(client, inner);
  });
  server.listen(forward.listen, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot forward 127.0.0.1:${forward.listen}: ${reason}`, { cause: error });
  }
  const address = server.address();
  const listen = typeof address === 'object' && address !== null ? address.port : forward.listen;
  return { ...forward, listen };
}

/** Serves the forwarder's connections in the simulator; `resolve` finds the address of a name in the cluster. */
export async function serveForwards(
  stateDir: string,
  resolve: (name: string) => string | undefined,
): Promise<Server> {
  const path = forwardSocket(stateDir);
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.once('error', () => client.destroy());
    void readTarget(client).then((target) => {
      const host = target && (isIP(target.host) === 0 ? resolve(target.host) : target.host);
      if (host === undefined) client.destroy();
      else joinConnections(client, connect({ host, port: target?.port ?? 0, allowHalfOpen: true }));
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

/** Reads the line `host port`, leaving what follows it in the connection. */
function readTarget(client: Socket): Promise<{ host: string; port: number } | undefined> {
  return new Promise((resolve) => {
    let head = Buffer.alloc(0);
    const read = () => {
      for (let chunk: unknown = client.read(); Buffer.isBuffer(chunk); chunk = client.read()) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\n');
        if (end === -1) continue;
        client.off('readable', read);
        if (end + 1 < head.length) client.unshift(head.subarray(end + 1));
        resolve(parseTarget(head.toString('latin1', 0, end)));
        return;
      }
    };
    client.on('readable', read);
    client.once('close', () => {
      resolve(undefined);
    });
  });
}

/** The parts of a line `host port`, or undefined if it is no such line. */
export function parseTarget(line: string): { host: string; port: number } | undefined {
  const [, host, port] = /^(\S+) (\d{1,5})$/.exec(line) ?? [];
  return host === undefined || port === undefined || Number(port) > 65_535
    ? undefined
    : { host, port: Number(port) };
}

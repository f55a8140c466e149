import { createServer } from 'node:net';
import { createRpcServerCodec } from '../../src/juju/transport/rpc.ts';
import { type SmallTools, unit } from './small-tools.ts';

/** A unit agent. */
export interface SmallJuju {
  /** Waits until a client closes its connection. */
  nextHangUp(): Promise<void>;
  close(): Promise<void>;
}

/** Serves hook tools on a unix socket. */
export async function serveJuju(path: string, tools: SmallTools): Promise<SmallJuju> {
  const listeners: (() => void)[] = [];
  const server = createServer((socket) => {
    const codec = createRpcServerCodec();
    socket.on('data', (chunk) => {
      for (const { seq, request } of codec.feed(chunk)) {
        const response = { code: 0, stdout: Buffer.from(tools.run(request)), stderr: Buffer.alloc(0) };
        socket.write(codec.encodeAnswer({ seq, response }));
      }
    });
    socket.on('close', () => {
      for (const listener of listeners.splice(0)) listener();
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    nextHangUp: () => new Promise((resolve) => listeners.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** Juju's variables of an update-status. */
export function updateStatus(agent: string): Readonly<Record<string, string>> {
  return {
    JUJU_UNIT_NAME: unit,
    JUJU_MODEL_NAME: 'm',
    JUJU_MODEL_UUID: '5f0b2c7a-3a6e-4f9c-8e0d-8f6b6a0f2f11',
    JUJU_CHARM_DIR: '/',
    JUJU_CONTEXT_ID: 'rehearsal',
    JUJU_AGENT_SOCKET_NETWORK: 'unix',
    JUJU_AGENT_SOCKET_ADDRESS: agent,
    JUJU_VERSION: '3.6.8',
    JUJU_DISPATCH_PATH: 'hooks/update-status',
    JUJU_HOOK_NAME: 'update-status',
  };
}

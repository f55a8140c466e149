import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { joinConnections } from '../launch/join-connections.ts';

/** A Service's balancer: what kube-proxy does with rules in the kernel, done by a listener per port. */
export interface ServiceBalancer {
  readonly address: string;
  /** Sets the ports and the addresses of the ready pods; connections that exist stay as they are. */
  update(ports: readonly number[], readyPods: readonly string[]): Promise<void>;
  /** Resets the connections to a pod that is no more. */
  forgetPod(address: string): void;
  close(): void;
}

/** Balances in turn over the ready pods; with none ready it does not listen, so clients are refused at once. */
export function createBalancer(address: string): ServiceBalancer {
  const connections = new Map<Socket, string>();
  const listeners = createListeners(address, (client, port) => {
    const pod = ready[turn++ % ready.length];
    if (pod === undefined) {
      client.resetAndDestroy();
      return;
    }
    connections.set(client, pod);
    client.once('close', () => connections.delete(client));
    joinConnections(client, connect({ host: pod, port, allowHalfOpen: true, noDelay: true }));
  });
  let ready: readonly string[] = [];
  let turn = 0;
  let lastChange = Promise.resolve();
  return {
    address,
    update: (ports, readyPods) => {
      ready = readyPods;
      const change = () => listeners.set(ready.length === 0 ? [] : ports);
      // One change after the other: a listener cannot be closed while it is being opened.
      lastChange = lastChange.then(change, change);
      return lastChange;
    },
    forgetPod: (pod) => {
      for (const [client, at] of connections) if (at === pod) client.resetAndDestroy();
    },
    close: () => {
      listeners.close();
      for (const client of connections.keys()) client.resetAndDestroy();
    },
  };
}

/** The listening ports of an address. */
function createListeners(address: string, accept: (client: Socket, port: number) => void) {
  const servers = new Map<number, Server>();
  let closed = false;
  const closePort = (port: number) => {
    servers.get(port)?.close();
    servers.delete(port);
  };
  const openPort = async (port: number) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      accept(client, port);
    });
    servers.set(port, server);
    server.listen(port, address);
    await once(server, 'listening');
  };
  return {
    set: async (ports: readonly number[]) => {
      const wanted = new Set(closed ? [] : ports);
      for (const port of servers.keys()) if (!wanted.has(port)) closePort(port);
      await Promise.all([...wanted].filter((port) => !servers.has(port)).map(openPort));
    },
    close: () => {
      closed = true;
      for (const port of servers.keys()) closePort(port);
    },
  };
}

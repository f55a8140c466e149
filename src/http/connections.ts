import { connect, type Socket } from 'node:net';

/** Where a server listens: a unix socket's path, or a host's port. */
export type HttpTarget = { readonly path: string } | { readonly host: string; readonly port: number };

/** The connections to one server. */
export interface Connections {
  /** An idle connection, or a new one that is being made. */
  take(): Socket;
  /** Keeps a connection for the next request. */
  giveBack(socket: Socket): void;
  /** Ends all of them, those that were taken as well. */
  close(): void;
}

/** Opens no connection yet. */
export function createConnections(target: HttpTarget): Connections {
  const all = new Set<Socket>();
  const idle = new Set<Socket>();
  const dial = (): Socket => {
    const socket = connect({ ...target, noDelay: true });
    all.add(socket);
    socket.once('close', () => {
      all.delete(socket);
      idle.delete(socket);
    });
    // What breaks also closes, which is all that matters of an idle connection; who has taken one listens for himself.
    socket.on('error', () => undefined);
    return socket;
  };
  return {
    take: () => {
      const [kept] = idle;
      if (kept === undefined) return dial();
      idle.delete(kept);
      return kept.ref();
    },
    giveBack: (socket) => {
      idle.add(socket.unref());
    },
    close: () => {
      for (const socket of all) socket.destroy();
    },
  };
}

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where a server listens: a unix socket's path, or a host's port, which may speak TLS. */
export type HttpTarget =
  | { readonly path: string }
  | { readonly host: string; readonly port: number; readonly tls?: TlsTarget | undefined };

/** How a server that speaks TLS is known. */
export interface TlsTarget {
  /** Certificates in PEM of the authorities that may have signed its own; the machine's do not count. */
  readonly ca: string;
  /** The name that its certificate is to be for, whatever address is dialled. */
  readonly serverName: string;
}

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
    const socket = open(target);
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

function open(target: HttpTarget): Socket {
  if ('path' in target || target.tls === undefined) return connect({ ...target, noDelay: true });
  const { host, port, tls } = target;
  // Like Go's clients, which take the word of an authority that is told to them, whoever signed its own certificate.
  const trust = { ca: tls.ca, allowPartialTrustChain: true };
  const socket = connectTls({ host, port, servername: tls.serverName, ...trust });
  return socket.setNoDelay(true);
}

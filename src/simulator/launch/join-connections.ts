import type { Socket } from 'node:net';

/** Joins two connections, opened with `allowHalfOpen`, until both ends are done; a failure of one resets the other. */
export function joinConnections(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.once('error', () => {
      reset(to);
    });
    from.once('close', () => {
      if (!from.readableEnded) to.destroy();
    });
  }
}

/** Ends a connection as a killed process would; a unix socket knows no reset and is just closed. */
function reset(socket: Socket): void {
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

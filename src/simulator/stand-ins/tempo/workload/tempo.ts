// The workload of the stand-in `tempo`: what Pebble runs in the container `tempo`.
// usage: node tempo.ts PORT [hang]
import { createServer } from 'node:net';
import { createJournal } from './journal.ts';
import { createReceiver } from './server.ts';

const [port = '', mode] = process.argv.slice(2);
if (mode === 'hang') {
  createServer((socket) => socket.on('error', () => undefined).resume()).listen(Number(port));
  process.once('SIGTERM', () => process.exit());
} else {
  const server = createReceiver(createJournal()).listen(Number(port));
  process.once('SIGTERM', () => {
    server.close();
    server.closeIdleConnections();
  });
}

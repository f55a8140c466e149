// The workload of the stand-in `tempo`: what Pebble runs in the container `tempo`.
// usage: node tempo.ts PORT [hang | KEY-FILE CERTIFICATE-FILE]
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer } from 'node:net';
import { createJournal } from './journal.ts';
import { journalPort, receive, showJournal } from './server.ts';

const [port = '', key, certificate] = process.argv.slice(2);
const journal = createJournal();

function createReceiver() {
  if (key === 'hang') return createServer((socket) => socket.on('error', () => undefined).resume());
  if (key === undefined || certificate === undefined) return createPlainServer(receive(journal));
  return createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, receive(journal));
}

createReceiver().listen(Number(port));
createPlainServer(showJournal(journal)).listen(journalPort, '127.0.0.1');

process.once('SIGTERM', () => process.exit());

// The workload of the stand-in `ingress`: what Pebble runs in the container `proxy`.
// usage: node ingress.ts PORT ROUTING-FILE
import { readFileSync } from 'node:fs';
import { routing } from '../routes.ts';
import { createProxy } from './proxy.ts';

const [port = '', file = ''] = process.argv.slice(2);
// It is written anew while this runs, and read anew at each request.
const server = createProxy({
  routing: () => routing.parse(JSON.parse(readFileSync(file, 'utf8'))),
  log: (line) => process.stdout.write(`${line}\n`),
}).listen(Number(port));

process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});

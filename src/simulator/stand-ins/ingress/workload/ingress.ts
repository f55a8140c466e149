// The workload of the stand-in `ingress`: what Pebble runs in the container `proxy`.
// usage: node ingress.ts PORT ROUTES-FILE
import { readFileSync } from 'node:fs';
import { routes } from '../routes.ts';
import { createProxy } from './proxy.ts';

const [port = '', file = ''] = process.argv.slice(2);
// It is written anew while this runs, and read anew at each request.
const server = createProxy(() => routes.parse(JSON.parse(readFileSync(file, 'utf8')))).listen(Number(port));

process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});

// The workload of the stand-in `loki`: what Pebble runs in the container `loki`.
// usage: node loki.ts PORT
import { createLokiServer } from './server.ts';

const [port = ''] = process.argv.slice(2);
const server = createLokiServer().listen(Number(port));

process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});

// The workload of the stand-in `alertmanager`: what Pebble runs in the container `alertmanager`.
// usage: node alertmanager.ts PORT
import { createAlertStore } from './alerts.ts';
import { createAlertmanagerServer } from './server.ts';

const [port = ''] = process.argv.slice(2);
const server = createAlertmanagerServer(createAlertStore(Date.now)).listen(Number(port));

process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMimirClient } from '../../../src/mimir/api.ts';
import type { Authority } from '../../../src/x509/certificate-authority.ts';
import { anAuthority, issueFor } from './certificates.ts';
import { repeatAlerts, type RunningMimir, setCertificates, startMimir } from './running-mimir.ts';
import { until } from './until.ts';

let authority: Authority;
let served: Awaited<ReturnType<typeof issueFor>>;
let mimir: RunningMimir;
beforeAll(async () => {
  authority = await anAuthority();
  served = await issueFor(authority);
  mimir = await startMimir({ certificates: served, flags: [repeatAlerts] });
});
afterAll(() => mimir.stop());

/** Fingerprint of the certificate that a port shows to one who trusts our authority. */
async function shownOn(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ca: authority.certificate, servername: 'localhost' });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

const fingerprintOf = ({ certificate }: { readonly certificate: string }) =>
  new X509Certificate(certificate).fingerprint256;

test('every port speaks TLS, and the one for HTTP says no to those who do not', async () => {
  const { http, grpc, gossip } = mimir.ports;
  for (const port of [http, grpc, gossip]) expect(await shownOn(port)).toBe(fingerprintOf(served));
  const plain = await fetch(`http://127.0.0.1:${http}/ready`);
  expect(plain.status).toBe(400);
});

test('our client takes no other authority, and no other name', async () => {
  const other = await anAuthority();
  const wrong = [
    { ca: other.certificate, serverName: 'localhost' },
    { ca: authority.certificate, serverName: 'example.com' },
  ];
  for (const tls of wrong) {
    const client = createMimirClient(mimir.url, { timeoutMs: 5000, tls });
    await expect(client.buildInfo()).rejects.toThrow(/certificate|altnames/i);
  }
});

test('its parts reach one another: a rule is stored, evaluated and queried, its alert is in its Alertmanager', async () => {
  const rules = [
    { record: 'one', expr: 'vector(1)' },
    { alert: 'Always', expr: 'vector(1)' },
  ];
  await mimir.client.setRuleGroup('anonymous', { name: 'g', interval: '1s', rules });
  const found = await until(
    () => mimir.client.query('one'),
    ({ result }) => result.length > 0,
  );
  expect(found.result).toHaveLength(1);
  const alerts = await until(
    () => mimir.client.alertmanagerAlerts(),
    ({ length }) => length > 0,
  );
  expect(alerts).toMatchObject([{ labels: { alertname: 'Always' } }]);
});

test('a certificate that is renewed is shown without a restart, but for that of the gossip', async () => {
  const renewed = await issueFor(authority, served.key);
  setCertificates(mimir.paths, renewed);
  const { http, grpc, gossip } = mimir.ports;
  expect(await shownOn(http)).toBe(fingerprintOf(renewed));
  expect(await shownOn(grpc)).toBe(fingerprintOf(renewed));
  expect(await shownOn(gossip)).toBe(fingerprintOf(served));
  expect((await mimir.client.query('one')).result).toHaveLength(1);
});

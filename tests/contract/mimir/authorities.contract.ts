import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AlertReceiver, startAlertReceiver } from './alert-receiver.ts';
import { anAuthority, issueFor } from './certificates.ts';
import { repeatAlerts, startMimir } from './running-mimir.ts';
import { until } from './until.ts';

let receiver: AlertReceiver;
let folder: string;
beforeAll(async () => {
  const authority = await anAuthority();
  const { certificate: cert, key } = await issueFor(authority);
  receiver = await startAlertReceiver({ cert, key });
  folder = mkdtempSync(join(tmpdir(), 'trusted-'));
  mkdirSync(join(folder, 'trusted'));
  writeFileSync(join(folder, 'trusted/ca.pem'), authority.certificate);
});
afterAll(() => {
  receiver.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a Mimir whose ruler has an alert for the receiver, until `done` of it, and returns its metrics. */
async function alertUntil(environment: Record<string, string>, done: (metrics: string) => boolean) {
  const deployment = { alertmanagerUrls: [receiver.url] };
  const mimir = await startMimir({ deployment, environment, flags: [repeatAlerts] });
  const rules = [{ alert: 'Always', expr: 'vector(1)' }];
  await mimir.client.setRuleGroup('anonymous', { name: 'g', interval: '1s', rules });
  const metrics = await until(async () => (await fetch(`${mimir.url}/metrics`)).text(), done);
  await mimir.stop();
  return metrics;
}

const errors = (metrics: string) =>
  Number(/^cortex_prometheus_notifications_errors_total\{.*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);

test('an authority that nobody told Mimir of is not trusted', async () => {
  expect(errors(await alertUntil({}, (metrics) => errors(metrics) > 0))).toBeGreaterThan(0);
  expect(receiver.posts).toEqual([]);
});

test('one in a folder of SSL_CERT_DIR is, without a word in the configuration', async () => {
  const SSL_CERT_DIR = `/etc/ssl/certs:${join(folder, 'trusted')}`;
  const metrics = await alertUntil({ SSL_CERT_DIR }, () => receiver.posts.length > 0);
  expect(receiver.posts[0]?.path).toBe('/api/v2/alerts');
  expect(errors(metrics)).toBe(0);
});

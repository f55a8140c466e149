import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runAction } from '../../../../src/simulator/stand-ins/alertmanager/actions.ts';
import { createAlertStore } from '../../../../src/simulator/stand-ins/alertmanager/workload/alerts.ts';
import { fingerprintOf } from '../../../../src/simulator/stand-ins/alertmanager/workload/fingerprint.ts';
import { createAlertmanagerServer } from '../../../../src/simulator/stand-ins/alertmanager/workload/server.ts';
import { fakeJuju } from './fake-juju.ts';

const start = Date.parse('2026-01-02T03:04:05.000Z');
const iso = (ms: number) => new Date(start + ms).toISOString();

let now: number;
let server: Server;
let base: string;
beforeEach(async () => {
  now = start;
  server = createAlertmanagerServer(createAlertStore(() => now)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** An alert as Mimir's notifier posts it. */
function anAlert(alertname: string, changes: object = {}) {
  return {
    labels: { alertname, severity: 'critical' },
    annotations: { summary: 'it is so' },
    startsAt: iso(-1000),
    endsAt: iso(60_000),
    generatorURL: 'http://mimir/graph',
    ...changes,
  };
}

async function post(body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${base}/api/v2/alerts`, { method: 'POST', headers, body: text });
  return { status: response.status, text: await response.text() };
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(`${base}${path}`);
  return response.json();
}

async function list() {
  const { tools, results, failure } = fakeJuju({ leader: false, config: {}, relations: {} });
  await runAction('list-alerts', { tools, workloadUrl: base });
  return { results, failure: failure() };
}

describe('the server of the Alertmanager stand-in', () => {
  it('takes alerts as Mimir posts them, and gives them back with the state that clients look for', async () => {
    expect(await post([anAlert('Down')])).toEqual({ status: 200, text: '' });
    expect(await get('/api/v2/alerts?active=true')).toEqual([
      {
        ...anAlert('Down'),
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        updatedAt: iso(0),
        receivers: [],
        status: { state: 'active', inhibitedBy: [], mutedBy: [], silencedBy: [] },
      },
    ]);
  });

  it('keeps one alert for each set of labels, with its first beginning while it goes on', async () => {
    await post([anAlert('Down')]);
    await post([anAlert('Down', { startsAt: iso(500), endsAt: iso(90_000) }), anAlert('Other')]);
    expect(await get('/api/v2/alerts')).toMatchObject([
      { labels: { alertname: 'Down' }, startsAt: iso(-1000), endsAt: iso(90_000) },
      { labels: { alertname: 'Other' } },
    ]);
  });

  it('holds an alert for resolved from its end on', async () => {
    await post([
      anAlert('Ended', { endsAt: iso(0) }),
      anAlert('Ending'),
      anAlert('Endless', { endsAt: undefined }),
    ]);
    now += 60_000;
    expect(await get('/api/v2/alerts')).toMatchObject([{ labels: { alertname: 'Endless' } }]);
    expect((await list()).results).toMatchObject({
      ...{ requests: '1', active: '1', resolved: '2' },
      ...{ 'alerts.0.alertname': 'Endless', 'alerts.0.state': 'active' },
      ...{ 'alerts.1.state': 'resolved', 'alerts.2.state': 'resolved' },
    });
  });

  it('begins an alert anew that fires after its end', async () => {
    await post([anAlert('Down', { endsAt: iso(0) })]);
    await post([anAlert('Down', { startsAt: iso(10_000) })]);
    expect(await get('/api/v2/alerts')).toMatchObject([{ startsAt: iso(10_000) }]);
  });

  it.each([
    ['no times', {}, [0, 300_000]],
    ["Go's year 1", { startsAt: '0001-01-01T00:00:00.000Z', endsAt: '0001-01-01T00:00:00Z' }, [0, 300_000]],
    ['an end only', { endsAt: iso(7000) }, [7000, 7000]],
  ])('completes an alert with %s', async (_what, times, [startsAt = 0, endsAt = 0]) => {
    await post([{ labels: { alertname: 'Down' }, ...times }]);
    expect(await get('/api/v2/alerts')).toMatchObject([{ startsAt: iso(startsAt), endsAt: iso(endsAt) }]);
  });

  it.each([
    ['{', /parsing alerts body failed/],
    [{ labels: {} }, /expected array/],
    [[{ labels: { a: '' } }], /at least one label pair required/],
    [[anAlert('Down', { startsAt: 'yesterday' })], /is no time/],
    [[anAlert('Down', { endsAt: iso(-2000) })], /start time must be before end time/],
  ])('refuses %j with a reason', async (body, reason) => {
    const { status, text } = await post(body);
    expect(status).toBe(400);
    expect(text).toMatch(reason);
    expect(await get('/api/v2/alerts')).toEqual([]);
  });

  it('takes the good alerts of a request with a bad one', async () => {
    expect(await post([{ labels: {} }, anAlert('Good')])).toMatchObject({ status: 400 });
    expect(await get('/api/v2/alerts')).toMatchObject([{ labels: { alertname: 'Good' } }]);
  });

  it('says that it is ready, what it is, and what it has not', async () => {
    expect((await fetch(`${base}/-/ready`)).status).toBe(200);
    expect(await get('/api/v2/status')).toMatchObject({ cluster: { status: 'disabled' } });
    expect((await fetch(`${base}/api/v1/alerts`)).status).toBe(404);
  });
});

describe('the action list-alerts', () => {
  it('shows an alert with its labels and times', async () => {
    await post([anAlert('Down')]);
    expect((await list()).results).toEqual({
      ...{ requests: '1', active: '1', resolved: '0' },
      'alerts.0.alertname': 'Down',
      'alerts.0.state': 'active',
      'alerts.0.fingerprint': fingerprintOf({ alertname: 'Down', severity: 'critical' }),
      'alerts.0.starts-at': iso(-1000),
      'alerts.0.ends-at': iso(60_000),
      'alerts.0.labels': '{"alertname":"Down","severity":"critical"}',
      'alerts.0.annotations': '{"summary":"it is so"}',
    });
  });

  it('fails if the workload does not answer', async () => {
    server.closeAllConnections();
    server.close();
    expect((await list()).failure).toMatch(
      /^cannot list alerts: the workload does not answer \(.*ECONNREFUSED/,
    );
  });
});

describe('a fingerprint', () => {
  it('is the FNV-1a hash that Prometheus makes: of no labels its offset', () => {
    expect(fingerprintOf({})).toBe('cbf29ce484222325');
  });

  it('is that of Prometheus for its own example', () => {
    const labels = { name: 'garland, briggs', fear: 'love is not enough' };
    expect(BigInt(`0x${fingerprintOf(labels)}`)).toBe(5799056148416392346n);
  });

  it('does not depend on the order of labels', () => {
    expect(fingerprintOf({ a: '1', b: '2' })).toBe(fingerprintOf({ b: '2', a: '1' }));
    expect(fingerprintOf({ a: '1', b: '2' })).not.toBe(fingerprintOf({ a: '2', b: '1' }));
  });
});

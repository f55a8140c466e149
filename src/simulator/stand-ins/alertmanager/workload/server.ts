import type { IncomingMessage, Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { createJsonServer, type JsonAnswer } from '../../json-server.ts';
import { postableAlerts, type AlertStore } from './alerts.ts';

/** What `GET /journal` answers, which is the stand-in's own: all that was received, active or resolved. */
export const journal = z.object({
  /** How often alerts were posted. */
  requests: z.number(),
  alerts: z.array(
    z.object({
      state: z.enum(['active', 'resolved']),
      fingerprint: z.string(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      startsAt: z.string(),
      endsAt: z.string(),
    }),
  ),
});

type Route = (request: IncomingMessage) => JsonAnswer | Promise<JsonAnswer>;

/**
 * Alertmanager's HTTP interface, as far as who sends alerts and who looks at them need it: `/api/v2/alerts`,
 * `/api/v2/status`, `/-/ready`, `/-/healthy`. Query parameters are not looked at.
 */
export function createAlertmanagerServer(store: AlertStore): Server {
  const started = new Date().toISOString();
  let requests = 0;
  const routes: Readonly<Record<string, Route>> = {
    'GET /-/ready': () => ({ status: 200, body: 'OK' }),
    'GET /-/healthy': () => ({ status: 200, body: 'OK' }),
    'GET /api/v2/status': () => ({ status: 200, body: status(started) }),
    'GET /api/v2/alerts': () => ({ status: 200, body: activeAlerts(store) }),
    'POST /api/v2/alerts': async (request) => {
      requests += 1;
      return receive(store, await text(request));
    },
    'GET /journal': () => ({ status: 200, body: { requests, alerts: store.all().map(timesAsText) } }),
  };
  return createJsonServer((request) => answer(routes, request));
}

async function answer(
  routes: Readonly<Record<string, Route>>,
  request: IncomingMessage,
): Promise<JsonAnswer> {
  const path = (request.url ?? '').replace(/\?.*$/, '');
  const route = routes[`${request.method ?? ''} ${path}`];
  return route === undefined ? { status: 404, body: 'not found' } : route(request);
}

function receive(store: AlertStore, body: string): JsonAnswer {
  let posted: unknown;
  try {
    posted = JSON.parse(body);
  } catch (error) {
    return { status: 400, body: `parsing alerts body failed: ${String(error)}` };
  }
  const alerts = postableAlerts.safeParse(posted);
  if (!alerts.success) return { status: 400, body: z.prettifyError(alerts.error) };
  const reasons = store.put(alerts.data);
  return reasons.length === 0 ? { status: 200 } : { status: 400, body: reasons.join('; ') };
}

/** The alerts that go on (Alertmanager: gettableAlerts). */
function activeAlerts(store: AlertStore): unknown[] {
  const noted = { inhibitedBy: [], mutedBy: [], silencedBy: [] };
  return store
    .all()
    .filter(({ state }) => state === 'active')
    .map(timesAsText)
    .map(({ state, ...alert }) => ({ ...alert, receivers: [], status: { state, ...noted } }));
}

function timesAsText<T extends { startsAt: number; endsAt: number; updatedAt: number }>(alert: T) {
  const iso = (time: number) => new Date(time).toISOString();
  const { startsAt, endsAt, updatedAt } = alert;
  return { ...alert, startsAt: iso(startsAt), endsAt: iso(endsAt), updatedAt: iso(updatedAt) };
}

/** Alertmanager: alertmanagerStatus; it is in no cluster and has no configuration. */
function status(uptime: string) {
  const unknown = { branch: '', buildDate: '', buildUser: '', goVersion: '', revision: '' };
  return {
    cluster: { status: 'disabled', peers: [] },
    config: { original: '' },
    uptime,
    versionInfo: { ...unknown, version: 'stand-in' },
  };
}

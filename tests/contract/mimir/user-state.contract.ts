import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { namespaceOf } from '../../../src/mimir/namespaces.ts';
import { type Ask, sendHttp } from '../../support/http.ts';
import { push } from '../../support/load/push.ts';
import type { RunningMimir } from './running-mimir.ts';
import { startMimir } from './running-mimir.ts';

let before: RunningMimir;
let after: RunningMimir;
beforeAll(async () => {
  [before, after] = await Promise.all([startMimir(), startMimir()]);
});
afterAll(async () => {
  await Promise.all([before.stop(), after.stop()]);
});

const group = `name: mine
interval: 1m30s
limit: 5
labels: {answer: "42", yes: "true"}
rules:
  - alert: Down
    expr: up{job=~"a.*"} == 0
    for: 5m
    labels: {severity: critical}
    annotations: {summary: "{{ $labels.instance }} is down: it's so"}
  - record: job:up:sum
    expr: sum by (job) (up)
`;
const config = `route: {receiver: none, group_by: [alertname]}
receivers: [{name: none}]
templates: [words]
`;
const silence = (endsAt: string) => ({
  matchers: [{ name: 'alertname', value: 'Down', isRegex: false, isEqual: true }],
  startsAt: '2026-01-01T00:00:00.000Z',
  endsAt,
  createdBy: 'me',
  comment: 'for a while',
});

async function post(path: string, type: string, body: string): Promise<void> {
  const headers = { 'Content-Type': type };
  const answer = await fetch(before.url + path, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`cannot POST ${path}: ${answer.status} ${await answer.text()}`);
}

const stateSchema = z.object({
  rules: z.record(z.string(), z.array(z.unknown())),
  alertmanagerConfig: z.string(),
  silences: z.array(z.unknown()),
});

/** An Alertmanager has a silence that began in the past begin when it is given it. */
function timeless(state: string): unknown {
  return JSON.parse(state.replaceAll(/"startsAt":"[^"]*"/g, '"startsAt":""'));
}

test('samples are told to be older than what their series have none of', async () => {
  const timestamp = Date.now() - 10 * 3_600_000;
  const port = Number(new URL(before.url).port);
  const ask: Ask = (path, options) => sendHttp({ port, path, ...options });
  await push(ask, [{ labels: { __name__: 'old' }, samples: [{ value: 1, timestamp }] }]);
  expect(await before.client.hasSamplesOlderThan(11 * 3_600_000)).toBe(false);
  expect(await before.client.hasSamplesOlderThan(9 * 3_600_000)).toBe(true);
});

test('what users have put into one Mimir is the same in another that gets it, also when it gets it twice', async () => {
  const empty = await before.client.userState();
  expect(JSON.parse(empty)).toEqual({ rules: {}, silences: [] });
  await after.client.restoreUserState(empty);
  await post('/prometheus/config/v1/rules/anonymous', 'application/yaml', group);
  await post('/prometheus/config/v1/rules/a%2Fb', 'application/yaml', group.replace('mine', 'c/d'));
  await before.client.setRuleGroup(namespaceOf(7), {
    name: 'ours',
    rules: [{ alert: 'Firing', expr: 'up == 0' }],
  });
  await before.client.setAlertmanagerConfig({ config, templates: { words: '{{ define "w" }}ä{{ end }}' } });
  await post(
    '/alertmanager/api/v2/silences',
    'application/json',
    JSON.stringify(silence('2099-01-01T00:00:00.000Z')),
  );

  const state = await before.client.userState();
  const { rules, silences } = stateSchema.parse(JSON.parse(state));
  expect(Object.keys(rules).toSorted()).toEqual(['a/b', 'anonymous']);
  expect(silences).toMatchObject([{ comment: 'for a while', endsAt: '2099-01-01T00:00:00.000Z' }]);
  await after.client.restoreUserState(state);
  // Mimir takes up to 15 s to find the configuration; until then its Alertmanager answers nothing.
  await expect
    .poll(() => after.client.restoreUserState(state).catch(String), { timeout: 30_000, interval: 1000 })
    .toBeUndefined();
  expect(timeless(await after.client.userState())).toEqual(timeless(state));
});

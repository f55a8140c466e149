import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { alertGroups } from '../../../src/mimir/observability/alerts.ts';
import { selfRules } from '../../../src/mimir/observability/self-rules.ts';
import { encodeWriteRequest, remoteWriteHeaders } from '../../../src/simulator/remote-write/encode.ts';
import { alertCases, minutes } from './alert-cases.ts';
import { type RunningMimir, startMimir } from './running-mimir.ts';

const modelUuid = '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c';
const now = Math.floor(Date.now() / 60_000) * 60;
const model = { model: 'cos', modelUuid, charm: 'mimir-k8s' };
const alerts = selfRules(alertGroups, { ...model, application: 'mimir' }).flatMap(({ rules }) => rules);

const broken = (name: string) => `${name}-broken`;
const sound = (name: string) => `${name}-sound`;

/** The cases, each as the series of an application of its own. */
const stored = Object.entries(alertCases).flatMap(([name, { fires: failure, quiet }]) => [
  ...failure.map((series) => ({ ...series, application: broken(name) })),
  ...quiet.map((series) => ({ ...series, application: sound(name) })),
]);

let mimir: RunningMimir;
beforeAll(async () => {
  mimir = await startMimir();
  // All series by the minute: Mimir takes no samples that are much older than the newest.
  for (let minute = 0; minute <= minutes; minute += 1) await store(minute);
});
afterAll(async () => {
  await mimir.stop();
});

async function store(minute: number): Promise<void> {
  const timestamp = (now - (minutes - minute) * 60) * 1000;
  const body = encodeWriteRequest(
    stored.map(({ metric, labels, application, at }) => ({
      labels: {
        __name__: metric,
        juju_model: 'cos',
        juju_model_uuid: modelUuid,
        juju_application: application,
        juju_unit: 'mimir/0',
        ...labels,
      },
      samples: [{ value: at(minute), timestamp }],
    })),
  );
  const answer = await fetch(`${mimir.url}/api/v1/push`, {
    method: 'POST',
    headers: remoteWriteHeaders,
    body: new Uint8Array(body),
  });
  expect([answer.status, await answer.text()]).toEqual([200, '']);
}

const answered = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
});

/** Whether an alert fires by now: one series of its expression has been there for all of its time. */
async function fires(application: string, name: string): Promise<boolean> {
  const rules = selfRules(alertGroups, { ...model, application }).flatMap((group) => group.rules);
  const { expr, for: time } = rules.find(({ alert }) => alert === name) ?? { expr: '', for: '0m' };
  const steps = Number(time.slice(0, -1));
  const query = new URLSearchParams({
    query: expr,
    start: String(now - steps * 60),
    end: String(now),
    step: '60',
  });
  const answer = await fetch(`${mimir.url}/prometheus/api/v1/query_range?${query.toString()}`);
  const { data } = answered.parse(await answer.json());
  return data.result.some(({ values }) => values.length === steps + 1);
}

test('every alert has a case, and every case an alert', () => {
  expect(Object.keys(alertCases).toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
});

test.each(alerts.map(({ alert }) => alert))('%s fires on a failure, and else stays quiet', async (name) => {
  const found = { broken: await fires(broken(name), name), sound: await fires(sound(name), name) };
  expect(found).toEqual({ broken: true, sound: false });
});

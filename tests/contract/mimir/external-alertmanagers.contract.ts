import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAlertReceiver } from './alert-receiver.ts';
import type { AlertReceiver } from './alert-receiver.ts';
import { repeatAlerts, startMimir } from './running-mimir.ts';
import type { RunningMimir } from './running-mimir.ts';
import { until } from './until.ts';

let receivers: readonly AlertReceiver[];
let mimir: RunningMimir;
beforeAll(async () => {
  receivers = [await startAlertReceiver(), await startAlertReceiver()];
  const [plain, behindIngress] = receivers.map(({ url }) => url);
  const alertmanagerUrls = [plain ?? '', `${behindIngress ?? ''}/cos-alertmanager`];
  mimir = await startMimir({ deployment: { alertmanagerUrls }, flags: [repeatAlerts] });
});
afterAll(async () => {
  await mimir.stop();
  for (const receiver of receivers) receiver.stop();
});

test("every related Alertmanager gets every alert, below its path, and Mimir's own gets none", async () => {
  const rules = [{ alert: 'Always', expr: 'vector(1)', labels: { severity: 'page' } }];
  await mimir.client.setRuleGroup('anonymous', { name: 'g', interval: '1s', rules });
  const posts = await Promise.all(
    receivers.map((receiver) =>
      until(
        () => receiver.posts[0],
        (post) => post !== undefined,
      ),
    ),
  );
  expect(posts.map((post) => post?.path)).toEqual(['/api/v2/alerts', '/cos-alertmanager/api/v2/alerts']);
  for (const post of posts) {
    expect(JSON.parse(post?.body ?? '')).toMatchObject([
      { labels: { alertname: 'Always', severity: 'page' } },
    ]);
  }
  expect(await mimir.client.alertmanagerAlerts()).toEqual([]);
});

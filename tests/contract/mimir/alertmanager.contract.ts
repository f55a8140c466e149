import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MimirClient } from '../../../src/mimir/api.ts';
import { parseAlertmanagerConfig, sameConfig } from '../../../src/mimir/alertmanager-config.ts';
import type { AlertmanagerConfig } from '../../../src/mimir/alertmanager-config.ts';
import { startAlertReceiver } from './alert-receiver.ts';
import type { AlertReceiver } from './alert-receiver.ts';
import { repeatAlerts, startMimir } from './running-mimir.ts';
import type { RunningMimir } from './running-mimir.ts';
import { until } from './until.ts';

let mimir: RunningMimir;
let client: MimirClient;
beforeAll(async () => {
  mimir = await startMimir({ flags: ['-alertmanager.configs.poll-interval=1s', repeatAlerts] });
  ({ client } = mimir);
});
beforeEach(async () => {
  await client.deleteAlertmanagerConfig();
});
afterAll(async () => {
  await mimir.stop();
});

const config = 'route: {receiver: none}\nreceivers:\n  - name: none\n';
const template = '{{ define "title" }}{{ .CommonLabels.alertname }} für alle{{ end }}';

function prepare(options: { config: string; template: string }): AlertmanagerConfig {
  const parsed = parseAlertmanagerConfig(options);
  if ('problem' in parsed || parsed.upload === undefined) throw new Error('expected an upload');
  return parsed.upload;
}

/** What the Alertmanager that runs says that its configuration is. */
async function inForce(): Promise<string> {
  return (await fetch(`${mimir.url}/alertmanager/api/v2/status`)).text();
}

describe("the configuration of Mimir's Alertmanager", () => {
  test('is none at first, and none still when the fallback stands in', async () => {
    expect(await client.alertmanagerConfig()).toBeUndefined();
    expect(await until(inForce, (text) => text.includes('receiver: none'))).toContain('receiver: none');
    expect(await (await fetch(`${mimir.url}/api/v1/alerts`)).text()).toContain('alertmanager_config: ""');
    expect(await client.alertmanagerConfig()).toBeUndefined();
  });

  test('is set, changed and unset, and comes into force each time', async () => {
    const first = prepare({ config: config.replaceAll('none', 'first'), template });
    expect(await client.setAlertmanagerConfig(first)).toEqual({ accepted: true });
    expect(await client.alertmanagerConfig()).toEqual(first);
    expect(await until(inForce, (text) => text.includes('receiver: first'))).toContain('receiver: first');

    const second = prepare({ config: config.replaceAll('none', 'second'), template: '' });
    expect(await client.setAlertmanagerConfig(second)).toEqual({ accepted: true });
    expect(await client.alertmanagerConfig()).toEqual(second);
    expect(await until(inForce, (text) => text.includes('receiver: second'))).toContain('receiver: second');

    await client.deleteAlertmanagerConfig();
    await client.deleteAlertmanagerConfig();
    expect(await client.alertmanagerConfig()).toBeUndefined();
    expect(await until(inForce, (text) => text.includes('receiver: none'))).toContain('receiver: none');
  });

  test.each([
    ['an unknown receiver', { config: 'route: {receiver: a}', template: '' }, 'undefined receiver "a"'],
    ['an unknown key', { config: `${config}extra: 1\n`, template: '' }, 'line 4: field extra not found'],
    [
      'a file of the container',
      { config: `global: {slack_api_url_file: /etc/passwd}\n${config}`, template: '' },
      'not allowed',
    ],
    [
      'a template with a mistake',
      { config, template: '{{ nothing }}' },
      'template: default_template:1: function "nothing" not defined',
    ],
  ])('is refused in words of one line for %s, and the old one stays', async (_name, options, reason) => {
    const good = prepare({ config, template });
    await client.setAlertmanagerConfig(good);
    const verdict = await client.setAlertmanagerConfig(prepare(options));
    expect(verdict).toEqual({ accepted: false, reason: expect.stringContaining(reason) });
    expect(verdict).not.toHaveProperty('reason', expect.stringMatching(/\n|^error/));
    expect(await client.alertmanagerConfig()).toEqual(good);
  });

  test('comes back to the byte, whatever the texts', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\r', '\t', ' a', '', '\u00a0', '\ufeff', '---', '~', "'", '"', '#', '|'),
    );
    const texts = fc.array(line).map((lines) => lines.join('\n').replaceAll('{{', '{'));
    const asked = fc.asyncProperty(texts, texts, async (comment, text) => {
      const parsed = parseAlertmanagerConfig({
        config: `# ${JSON.stringify(comment)}\n${config}${'\n'.repeat(comment.length % 3)}`,
        template: text,
      });
      fc.pre('upload' in parsed && parsed.upload !== undefined);
      const given = parsed.upload;
      const verdict = await client.setAlertmanagerConfig(given);
      fc.pre(verdict.accepted);
      const held = await client.alertmanagerConfig();
      expect(held).toEqual(given);
      expect(held !== undefined && sameConfig(held, given)).toBe(true);
    });
    await fc.assert(asked, { numRuns: 60 });
  });

  test.each([
    ['no template file at all', {}],
    ['another one', { other: template }],
  ])(
    'may name a template that is not there with %s: Mimir says nothing, so we do',
    async (_name, templates) => {
      const named = `templates: [mine]\n${config}`;
      expect(await client.setAlertmanagerConfig({ config: named, templates })).toEqual({ accepted: true });
      expect(parseAlertmanagerConfig({ config: named, template })).toHaveProperty('problem');
    },
  );
});

describe('an alert', () => {
  let chat: AlertReceiver;
  beforeAll(async () => {
    chat = await startAlertReceiver();
  });
  afterAll(async () => {
    chat.stop();
    await client.deleteNamespace('anonymous');
  });

  test('goes where the configuration says, in the words of a template that it does not list', async () => {
    const slack = `
route: {receiver: chat, group_wait: 1s}
receivers:
  - name: chat
    slack_configs:
      - api_url: ${chat.url}/hook
        channel: alerts
        title: '{{ template "title" . }}'
`;
    await client.setAlertmanagerConfig(prepare({ config: slack, template }));
    await until(inForce, (text) => text.includes('receiver: chat'));
    const rules = [{ alert: 'Always', expr: 'vector(1)', labels: { severity: 'page' } }];
    await client.setRuleGroup('anonymous', { name: 'g', interval: '1s', rules });

    const [post] = await until(
      () => chat.posts,
      (posts) => posts.length > 0,
    );
    expect(post?.path).toBe('/hook');
    expect(post?.body).toContain('"title":"Always für alle"');
    expect(await client.alertmanagerAlerts()).toMatchObject([
      {
        labels: { alertname: 'Always', severity: 'page' },
        receivers: ['chat'],
        status: { state: 'active', silencedBy: [], inhibitedBy: [] },
      },
    ]);
  });
});

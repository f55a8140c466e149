import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MimirClient } from '../../../src/mimir/api.ts';
import { MimirApiError } from '../../../src/mimir/errors.ts';
import { diffRuleGroups } from '../../../src/mimir/rule-diff.ts';
import type { RuleGroup, RulerState } from '../../../src/mimir/rule-group.ts';
import { namespaceOf } from '../../../src/mimir/namespaces.ts';
import { prepareRuleGroups } from '../../../src/mimir/rules.ts';
import { senderGroups } from '../../unit/mimir/rule-arbitraries.ts';
import { databagFixture } from '../../unit/interfaces/databag-fixture.ts';
import { read } from '../../../src/interfaces/prometheus-remote-write.ts';
import { startMimir } from './running-mimir.ts';
import type { RunningMimir } from './running-mimir.ts';
import { until } from './until.ts';

let mimir: RunningMimir;
let client: MimirClient;
beforeAll(async () => {
  mimir = await startMimir();
  ({ client } = mimir);
});
beforeEach(async () => {
  for (const namespace of (await client.ruleGroups()).keys()) await client.deleteNamespace(namespace);
  await client.deleteNamespace('anonymous');
});
afterAll(async () => {
  const { code, after } = await mimir.stop();
  expect(code).toBe(0);
  expect(after, 'it stops well within the grace period of a pod').toBeLessThan(15_000);
});

/** Makes the ruler hold `wanted`; answers how many changes that took. */
async function sync(wanted: RulerState): Promise<number> {
  const changes = diffRuleGroups(await client.ruleGroups(), wanted);
  for (const change of changes) {
    if (change.kind === 'put-rule-group') await client.setRuleGroup(change.namespace, change.group);
    else if (change.kind === 'delete-rule-group') await client.deleteRuleGroup(change.namespace, change.name);
    else await client.deleteNamespace(change.namespace);
  }
  return changes.length;
}

function prepare(groups: readonly unknown[]): readonly RuleGroup[] {
  const prepared = prepareRuleGroups(groups);
  if ('problem' in prepared) throw new Error(prepared.problem);
  return prepared.groups;
}

describe('a Mimir that runs with our files', () => {
  test('is ready soon, since it waits for no ring to settle', () => {
    expect(mimir.readyAfter).toBeLessThan(14_000);
  });

  test('has the folders and settings that we rendered', async () => {
    const config = await client.config();
    expect(config).toContain(`dir: ${mimir.paths.dataDir}/tsdb\n`);
    expect(config).toMatch(/query_store_after: 0s\n/);
    expect(config).toMatch(/leave_timeout: 5s\n/);
  });

  test('has the limits that we rendered', async () => {
    const limits = await (await fetch(`${mimir.url}/api/v1/user_limits`)).json();
    expect(limits).toMatchObject({
      ingestion_rate: 200_000,
      ingestion_burst_size: 2_000_000,
      max_global_series_per_user: 1_000_000,
      ruler_max_rules_per_rule_group: 0,
      ruler_max_rule_groups_per_tenant: 0,
    });
  });

  test("answers on the Alertmanager's page at once, thanks to the fallback file", async () => {
    const answer = await fetch(`${mimir.url}/alertmanager/`);
    expect(answer.status).toBe(200);
  });

  test('tells its build, its series and what a query yields', async () => {
    expect((await client.buildInfo()).version).toMatch(/\S/);
    expect(await client.userStats()).toEqual({ ingestionRate: 0, numSeries: 0 });
    expect(await client.query('vector(7)')).toMatchObject({
      resultType: 'vector',
      result: [{ metric: {}, value: [expect.any(Number), '7'] }],
    });
    expect(await client.query('1')).toMatchObject({ resultType: 'scalar' });
    expect(await client.query('vector(7)[2m:1m]')).toMatchObject({ resultType: 'matrix' });
  });

  test.each(['GET', 'POST', 'PUT'])(
    'cannot be told another log level while it runs, not by %s',
    async (method) => {
      expect((await fetch(`${mimir.url}/log_level?log_level=debug`, { method })).status).toBe(404);
    },
  );

  test('refuses a query that is none, in its own words', async () => {
    await expect(client.query('up ==')).rejects.toThrow(/400 .*parse error: unexpected end of input/);
  });
});

describe('rule groups', () => {
  const namespace = namespaceOf(7);

  test('of a real sender are held after one sync, and a second finds nothing to do', async () => {
    const bag = read(databagFixture('prometheus_remote_write').requirer_app);
    const wanted = new Map([[namespace, prepare(bag.ok ? bag.value.groups : [])]]);
    expect(await sync(wanted)).toBe(3);
    expect(await sync(wanted)).toBe(0);
    expect([...(await client.ruleGroups()).keys()]).toEqual([namespace]);
  });

  test('in any form are held after one sync, and a second finds nothing to do', async () => {
    const asked = fc.asyncProperty(senderGroups, async (groups) => {
      const wanted = new Map([[namespace, prepare(groups)]]);
      await sync(wanted);
      expect(await sync(wanted)).toBe(0);
    });
    await fc.assert(asked, { numRuns: 40 });
  });

  test('with every kind of text come back as they were', async () => {
    const annotations = Object.fromEntries(
      [
        'yes',
        '1_0',
        '~',
        '',
        ' a\n b\n\n',
        '\t',
        '"',
        "'",
        '# c',
        'ö😀',
        '\u0085\u2028\u007f',
        '\u2029b',
        'a\u2028b\u0085c',
        ' a\nb\u2029c',
        'a\r\nb',
        '{}',
        '0x1',
      ].map((text, index) => [`a${String(index)}`, text]),
    );
    const expr = '# first\n\tup{a="\\"", b=`\\`}\n\n > 0 # last\n';
    const group = {
      name: '1e3',
      rules: [
        { alert: 'yes', expr, annotations },
        { record: 'y', expr: '1' },
      ],
    };
    const wanted = new Map([[namespace, prepare([group])]]);
    expect(await sync(wanted)).toBe(1);
    expect(await sync(wanted)).toBe(0);
  });

  test('with durations in other units come back as they were', async () => {
    const rule = { alert: 'A', expr: '1', for: '8d', keep_firing_for: '1500ms' };
    const group = {
      name: 'g',
      interval: '90s',
      query_offset: '60s',
      limit: 5,
      labels: { z: '1', a: '' },
      rules: [rule],
    };
    const wanted = new Map([[namespace, prepare([group])]]);
    expect(await sync(wanted)).toBe(1);
    expect(await sync(wanted)).toBe(0);
  });

  test('of a sender that left are gone, and those of users stay', async () => {
    const [group] = prepare([{ name: 'a/b c', rules: [{ record: 'r', expr: 'up' }] }]);
    if (group === undefined) throw new Error('expected a group');
    await client.setRuleGroup('anonymous', group);
    await sync(new Map([[namespace, [group]]]));
    await sync(new Map());
    const held = await client.ruleGroups();
    expect([...held.keys()]).toEqual([]);
    const users = await fetch(`${mimir.url}/prometheus/config/v1/rules/anonymous`);
    expect(await users.text()).toContain('name: a/b c');
  });

  test('are deleted one by one, twice, and so are namespaces', async () => {
    const groups = prepare(['a/b c?', 'd'].map((name) => ({ name, rules: [{ record: 'r', expr: 'up' }] })));
    await sync(new Map([[namespace, groups]]));
    await client.deleteRuleGroup(namespace, 'a/b c?');
    await client.deleteRuleGroup(namespace, 'a/b c?');
    expect((await client.ruleGroups()).get(namespace)?.map(({ name }) => name)).toEqual(['d']);
    await client.deleteNamespace(namespace);
    await client.deleteNamespace(namespace);
    expect(await client.ruleGroups()).toEqual(new Map());
  });

  test('with a mistake that only Mimir sees are refused with its reason', async () => {
    const group = { name: 'g', rules: [{ alert: 'A', expr: 'rate(up)' }] };
    const error = await client.setRuleGroup(namespace, group).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MimirApiError);
    expect(error).toMatchObject({
      status: 400,
      method: 'POST',
      path: `/prometheus/config/v1/rules/${namespace}`,
    });
    expect(error).toHaveProperty(
      'body',
      expect.stringContaining('group "g", rule 0, "A": could not parse expression'),
    );
  });

  test('tell how their last evaluation went', async () => {
    const rules = [
      { alert: 'Quiet', expr: 'vector(1) > 2', labels: { a: 'b' } },
      {
        record: 'broken',
        expr: 'vector(1) * on(a) (vector(1) or label_replace(vector(1), "b", "c", "", ""))',
      },
    ];
    await client.setRuleGroup(namespace, { name: 'g', interval: '1s', rules });
    const groups = await until(
      () => client.ruleStatuses(),
      ([group]) => group?.rules.every(({ health }) => health !== 'unknown') ?? false,
    );
    expect(groups).toMatchObject([
      {
        namespace,
        name: 'g',
        interval: 1,
        lastEvaluation: expect.stringMatching(/^2/),
        rules: [
          { type: 'alerting', name: 'Quiet', state: 'inactive', health: 'ok', labels: { a: 'b' } },
          {
            type: 'recording',
            name: 'broken',
            health: 'err',
            lastError: expect.stringContaining('duplicate series'),
          },
        ],
      },
    ]);
    expect(groups[0]?.rules[0]).toMatchObject({ expr: 'vector(1) > 2', lastError: undefined });
  });

  test('fire, and reach the Alertmanager in the same process', async () => {
    const group = {
      name: 'g',
      interval: '1s',
      rules: [{ alert: 'Always', expr: 'vector(1)', labels: { a: 'b' } }],
    };
    await client.setRuleGroup(namespace, group);
    const [alert] = await until(
      () => client.alerts(),
      (alerts) => alerts.length > 0,
    );
    expect(alert).toMatchObject({ state: 'firing', labels: { alertname: 'Always', a: 'b' }, value: '1e+00' });
    const received = await until(
      async () => (await fetch(`${mimir.url}/alertmanager/api/v2/alerts`)).text(),
      (text) => text.includes('Always'),
    );
    expect(received).toContain('"alertname":"Always"');
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { longestWaitSeconds } from '../support/load/acknowledged.ts';
import {
  alertFile,
  answerOf,
  query,
  rules,
  runAction,
  statusOf,
  unitStatus,
} from '../support/mimir-story.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

describe('senders of samples and rules', () => {
  let simulation: Simulation;
  const deploySender = (application: string, file: string) =>
    simulation.ask({
      command: 'deploy',
      charm: 'remote-write-sender',
      application,
      config: { rules: file, series: '1', metric_prefix: application.replace('-', '_') },
    });
  const relate = async (application: string) => {
    await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', application] });
    await simulation.settle();
  };
  beforeAll(async () => {
    simulation = await startSimulation();
    await simulation.deployMimir();
    await deploySender('sender-a', alertFile('shared', 'FromA'));
    await deploySender('sender-b', alertFile('shared', 'FromB'));
    await simulation.settle();
    await relate('sender-a');
    await relate('sender-b');
  });
  afterAll(async () => {
    await simulation.close();
  });

  test('their samples come back by a query, with the value that was sent', async () => {
    const value = String(Math.floor(Math.random() * 1e9));
    await runAction(simulation, 'sender-a/0', { action: 'send', parameters: { value: Number(value) } });
    const found = await eventually('the sample', async () => (await query(simulation, 'sender_a_value'))[0]);
    expect(found).toBe(value);
  });

  test('their alerts fire, and groups of equal names stay apart', async () => {
    const firing = await eventually('both alerts', async () => {
      const { text } = await simulation.http('/prometheus/api/v1/alerts');
      return text.includes('FromA') && text.includes('FromB') ? text : undefined;
    });
    expect(firing).toContain('"state":"firing"');
  });

  const setRules = async (set: Record<string, string>) => {
    await simulation.ask({ command: 'config', application: 'sender-a', set, reset: [] });
    await simulation.settle();
  };

  test.each([
    ['broken JSON', { raw_rules: '{"groups": [' }],
    ['broken PromQL', { rules: alertFile('shared', 'FromA', 'sum by (') }],
    ['rules that only Mimir finds fault with', { rules: alertFile('shared', 'FromA', 'rate(up)') }],
  ])('%s drop that share only, with a warning, until it is mended', async (_what, set) => {
    await setRules(set);
    expect(await unitStatus(simulation, 'mimir-k8s/0')).toMatch(
      /^active: \[receive-remote-write:\d+\] .*sender-a/,
    );
    expect(await rules(simulation)).not.toContain('FromA');
    expect(await rules(simulation)).toContain('FromB');
    await setRules({ raw_rules: '', rules: alertFile('shared', 'FromA') });
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
    expect(await rules(simulation)).toContain('FromA');
  });

  test('rules stay when a unit departs, and go when the relation breaks; others and the user own stay', async () => {
    const own = 'name: own\nrules:\n- alert: TheUsersOwn\n  expr: vector(1)\n';
    const posted = await simulation.http('/prometheus/config/v1/rules/anonymous', {
      method: 'POST',
      body: own,
    });
    expect(posted.status).toBe(202);
    await simulation.ask({ command: 'scale-application', application: 'sender-a', units: 2 });
    await simulation.settle();
    await simulation.ask({ command: 'scale-application', application: 'sender-a', units: 1 });
    await simulation.settle();
    expect(await rules(simulation)).toContain('FromA');
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', 'sender-a'] });
    await simulation.settle();
    const left = await rules(simulation);
    expect(left).not.toContain('FromA');
    expect(left).toContain('FromB');
    expect(left).toContain('TheUsersOwn');
  });

  test('kill -9 of Mimir under load loses no acknowledged sample', async () => {
    await simulation.ask({
      command: 'config',
      application: 'sender-b',
      set: { interval_ms: '100', series: '20' },
      reset: [],
    });
    await simulation.settle();
    const process = { kind: 'process', container: 'mimir', name: 'mimir', signal: 'SIGKILL' } as const;
    for (let round = 0; round < 3; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await simulation.ask({ command: 'kill', unit: 'mimir-k8s/0', target: process });
    }
    await statusOf(simulation, 'mimir-k8s/0', /^active$/);
    await answerOf(simulation, '/ready');
    await runAction(simulation, 'sender-b/0', { action: 'pause' });
    expect(await missing(simulation, 'sender-b/0')).toEqual([]);
  });
});

const journal = z.object({
  pending: z.coerce.number(),
  urls: z
    .string()
    .transform((text) =>
      z
        .record(z.string(), z.object({ series: z.record(z.string(), z.object({ count: z.int() })) }))
        .parse(JSON.parse(text)),
    ),
});

/** Series of which Mimir holds fewer samples than it acknowledged, as sentences; waits until nothing is pending. */
async function missing(simulation: Simulation, unit: string): Promise<readonly string[]> {
  const { urls } = await eventually(
    'an empty queue',
    async () => {
      const found = journal.parse(await runAction(simulation, unit, { action: 'journal' }));
      return found.pending === 0 ? found : undefined;
    },
    longestWaitSeconds,
  );
  const lost: string[] = [];
  const counts = Object.values(urls).flatMap(({ series }) => Object.entries(series));
  if (counts.length === 0) lost.push('nothing was acknowledged at all');
  for (const [series, { count }] of counts) {
    const [held] = await query(simulation, `count_over_time(${series}[1h])`);
    if (Number(held) < count) lost.push(`${series}: ${count} acknowledged, ${held ?? 'none'} held`);
  }
  return lost;
}

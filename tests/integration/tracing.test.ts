import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { workloadView } from '../support/dispatch-seam.ts';
import { mimirPid, query, runAction, statusOf, unitStatus } from '../support/mimir-story.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';

const listed = z.object({
  requests: z.coerce.number(),
  services: z.record(z.string(), z.object({ service: z.string(), names: z.string() })).default({}),
  traces: z.string(),
});
const traceList = z.array(
  z.object({
    resource: z.record(z.string(), z.string()),
    root: z.string(),
    children: z.array(z.string()),
    failed: z.array(z.string()),
  }),
);
type ReceivedTrace = z.infer<typeof traceList>[number];

describe('an application that takes traces', () => {
  let simulation: Simulation;
  let before: unknown;

  const received = async (service = '') => {
    const results = await runAction(simulation, 'tempo/0', {
      action: 'list-traces',
      parameters: { service },
    });
    const { traces, ...rest } = listed.parse(results);
    return { ...rest, traces: traceList.parse(JSON.parse(traces)) };
  };
  const traceOf = (service: string, what: string, matches: (trace: ReceivedTrace) => boolean) =>
    eventually(what, async () => (await received(service)).traces.findLast(matches));
  const fire = async (hook: string) => {
    const begin = performance.now();
    await simulation.ask({ command: 'fire', unit, hook });
    await simulation.settle();
    return performance.now() - begin;
  };
  const settled = async (call: Parameters<Simulation['ask']>[0]) => {
    await simulation.ask(call);
    await simulation.settle();
  };
  const log = async () => {
    let lines = '';
    await simulation.client.request({ command: 'debug-log', include: unit }, (line) => {
      if (line.kind === 'log') lines += `${line.line}\n`;
    });
    return lines;
  };

  beforeAll(async () => {
    simulation = await startSimulation();
    await simulation.deployMimir();
    await simulation.ask({ command: 'deploy', charm: 'tempo-coordinator-k8s', application: 'tempo' });
    await simulation.ask({
      command: 'deploy',
      charm: 'self-signed-certificates',
      application: 'authority',
    });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    before = await workloadView(simulation, unit);
  });
  afterAll(() => simulation.close());

  test('gets the traces of what Mimir is asked, under the name of its application', async () => {
    const pid = await mimirPid(simulation);
    await settled({ command: 'integrate', endpoints: ['mimir-k8s:workload-tracing', 'tempo:tracing'] });
    await statusOf(simulation, unit, /^active$/);
    expect(await mimirPid(simulation)).not.toBe(pid);
    await query(simulation, 'up');
    const names = await eventually('the spans of a query', async () => {
      const { services } = await received();
      const ours = Object.values(services).find(({ service }) => service === 'mimir-k8s')?.names ?? '';
      return /query/i.test(ours) ? ours : undefined;
    });
    expect(names).toMatch(/prometheus_api_v1_query|api\/v1\/query/);
    const { resource } = await traceOf('mimir-k8s', 'a whole trace', () => true);
    expect(resource).toMatchObject({ juju_application: 'mimir-k8s', juju_unit: unit, juju_model: 'demo' });
  });

  test('gets one trace of each dispatch, with its steps right below the root, and of each action', async () => {
    await settled({ command: 'integrate', endpoints: ['mimir-k8s:charm-tracing', 'tempo:tracing'] });
    await fire('update-status');
    const steps = await traceOf('mimir-k8s-charm', 'a dispatch', ({ root }) => root === 'update-status');
    expect(steps).toEqual({
      resource: expect.objectContaining({ juju_unit: unit, 'service.version': expect.stringMatching(/^\d/) }),
      root: 'update-status',
      children: ['observe', 'observe', 'reconcile', 'replan'],
      failed: [],
    });
    await settled({
      command: 'config',
      application: 'mimir-k8s',
      set: { log_level: 'warn' },
      reset: [],
    });
    const restart = await traceOf('mimir-k8s-charm', 'a restart', ({ root }) => root === 'config-changed');
    for (const effect of ['validate-config', 'push-files', 'add-layer', 'replan', 'await-mimir'])
      expect(restart.children).toContain(effect);
    await runAction(simulation, unit, { action: 'get-config' });
    const action = await traceOf('mimir-k8s-charm', 'an action', ({ root }) => root === 'action');
    expect(action.children).toEqual(['get-config']);
  });

  test('by https gets both from those that are told of its authority, and neither from others', async () => {
    await settled({ command: 'integrate', endpoints: ['tempo:certificates', 'authority:certificates'] });
    await statusOf(simulation, 'tempo/0', /^active$/);
    const refused = (lines: string) => /cannot send a trace to https:\S+ .*certificate/.test(lines);
    await eventually('a refused certificate', async () => {
      await fire('update-status');
      return refused(await log()) ? true : undefined;
    });
    expect((await received()).requests).toBe(0);
    await settled({
      command: 'integrate',
      endpoints: ['mimir-k8s:receive-ca-cert', 'authority:send-ca-cert'],
    });
    await statusOf(simulation, unit, /^active$/);
    await fire('update-status');
    await traceOf('mimir-k8s-charm', 'a dispatch', ({ root }) => root === 'update-status');
    await query(simulation, 'up');
    await traceOf('mimir-k8s', 'a trace of Mimir', () => true);
    for (const endpoints of [
      ['tempo:certificates', 'authority:certificates'],
      ['mimir-k8s:receive-ca-cert', 'authority:send-ca-cert'],
    ] satisfies [string, string][])
      await settled({ command: 'remove-relation', endpoints });
    await statusOf(simulation, unit, /^active$/);
  });

  test('that never answers costs a dispatch its bound and a line of the log, and Mimir nothing', async () => {
    const usual = await fire('update-status');
    await settled({ command: 'config', application: 'tempo', set: { hang: 'true' }, reset: [] });
    await statusOf(simulation, 'tempo/0', /never answers/);
    const pid = await mimirPid(simulation);
    const late = await fire('update-status');
    expect(await log()).toMatch(
      /cannot send a trace to http:\/\/tempo\.demo\.svc\.cluster\.local:4318\S+ no answer within \d+ ms/,
    );
    // A second is the bound; the rest is for a machine that has other things to do.
    expect(late - usual).toBeLessThan(1_000 + 5_000);
    expect(await unitStatus(simulation, unit)).toBe('active');
    await query(simulation, 'up');
    expect(await mimirPid(simulation)).toBe(pid);
    await settled({ command: 'config', application: 'tempo', set: { hang: 'false' }, reset: [] });
  });

  test('gets none after the relations are removed, and leaves nothing behind', async () => {
    await settled({ command: 'config', application: 'mimir-k8s', set: {}, reset: ['log_level'] });
    for (const endpoint of ['workload-tracing', 'charm-tracing'])
      await settled({
        command: 'remove-relation',
        endpoints: [`mimir-k8s:${endpoint}`, 'tempo:tracing'],
      });
    await statusOf(simulation, unit, /^active$/);
    expect(JSON.stringify(await workloadView(simulation, unit))).toBe(JSON.stringify(before));
    const { requests } = await received();
    await query(simulation, 'up');
    await fire('update-status');
    // OpenTelemetry: what is to be sent is sent every 5 s.
    await delay(6_000);
    expect((await received()).requests).toBe(requests);
  });
});

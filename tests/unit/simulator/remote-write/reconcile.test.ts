import { describe, expect, it } from 'vitest';
import {
  createHookTools,
  parseEvent,
  readEnvironment,
  type HookTools,
  type ToolCall,
} from '../../../../src/juju/index.ts';
import { PebbleUnreachableError } from '../../../../src/pebble/index.ts';
import {
  reconcile,
  type SenderPebble,
} from '../../../../src/simulator/stand-ins/remote-write-sender/reconcile.ts';

const url = 'http://mimir-k8s.cos.svc.cluster.local:9009/api/v1/push';
const bag = JSON.stringify({ remote_write: JSON.stringify({ url }) });

/** Juju as the hook tools show it: answers by command line, `relation-set` and `status-set` are kept. */
function juju(answers: Readonly<Record<string, string>>): { tools: HookTools; written: ToolCall[] } {
  const written: ToolCall[] = [];
  const tools = createHookTools({
    name: 'spawn',
    call: (call) => {
      if (call.tool.endsWith('-set')) written.push(call);
      const stdout = answers[[call.tool, ...call.args].join(' ')] ?? '';
      return Promise.resolve({ code: 0, stdout: Buffer.from(stdout), stderr: Buffer.alloc(0) });
    },
    close: () => Promise.resolve(),
  });
  return { tools, written };
}

/** A Pebble that keeps what it is asked for. */
function pebbles(unreachable = false): { pebble: SenderPebble; acts: unknown[] } {
  const acts: unknown[] = [];
  const act = (what: unknown) => {
    if (unreachable) return Promise.reject(new PebbleUnreachableError('write', 'no socket'));
    acts.push(what);
    return Promise.resolve();
  };
  const pebble: SenderPebble = {
    writeFile: (file) => {
      const content: unknown = JSON.parse(file.content.toString());
      return act({ ...file, content });
    },
    addLayer: (label, layer, options) => act({ label, layer, options }),
    replan: async () => {
      await act('replan');
      return { id: '1', kind: 'replan', summary: '', status: 'Done', ready: true, tasks: [] };
    },
  };
  return { pebble, acts };
}

const config = {
  interval_ms: 500,
  series: 3,
  metric_prefix: 'p',
  seed: 9,
  rules: '{alert: Down, expr: up == 0}',
};

function answersOf({ leader = true, options = {} }: { leader?: boolean; options?: object } = {}) {
  return {
    'config-get --format=json': JSON.stringify({ ...config, ...options }),
    'is-leader --format=json': JSON.stringify(leader),
    'relation-ids --format=json send-remote-write': '["send-remote-write:4","send-remote-write:7"]',
    'relation-list --format=json -r 4': '["mimir-k8s/0","mimir-k8s/1"]',
    'relation-list --format=json -r 7': '["other/0"]',
    'relation-get --format=json -r 4 - mimir-k8s/0': bag,
    'relation-get --format=json -r 4 - mimir-k8s/1': bag,
    'relation-get --format=json -r 7 - other/0': '{}',
  };
}

async function dispatch(hook: string, world: { answers: Record<string, string>; unreachable?: boolean }) {
  const relation = hook.includes('-relation-') ? { JUJU_RELATION_ID: 'send-remote-write:4' } : {};
  const environment = readEnvironment(
    {
      JUJU_UNIT_NAME: 'sender/1',
      JUJU_MODEL_NAME: 'cos',
      JUJU_MODEL_UUID: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
      JUJU_CHARM_DIR: '/charm',
      JUJU_CONTEXT_ID: 'sender/1-x',
      JUJU_DISPATCH_PATH: `hooks/${hook}`,
      JUJU_HOOK_NAME: hook,
      ...relation,
    },
    '/charm',
  );
  const { tools, written } = juju(world.answers);
  const { pebble, acts } = pebbles(world.unreachable);
  await reconcile(parseEvent(environment), { environment, tools, pebble });
  return { written, acts, status: written.findLast(({ tool }) => tool === 'status-set')?.args };
}

describe('the sender charm', () => {
  it('tells the workload each URL once, with its labels, and has Pebble run it', async () => {
    const { acts, status } = await dispatch('config-changed', { answers: answersOf() });
    expect(acts[0]).toEqual({
      path: '/etc/sender/targets.json',
      makeDirs: true,
      content: {
        urls: [url],
        labels: {
          juju_model: 'cos',
          juju_model_uuid: '3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c',
          juju_application: 'sender',
          juju_unit: 'sender/1',
          juju_charm: 'remote-write-sender',
          instance: 'cos_3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c_sender_sender/1',
        },
        intervalMs: 500,
        series: 3,
        metricPrefix: 'p',
        seed: 9,
        shared: false,
        authorities: [],
      },
    });
    expect(acts[1]).toMatchObject({
      layer: { services: { sender: { override: 'replace', startup: 'enabled' } } },
      options: { combine: true },
    });
    expect(acts[2]).toBe('replan');
    expect(status).toEqual(['active', `sends to ${url}`]);
  });

  it('adds labels of its own, which do not go before those of the series', async () => {
    const external = '{cluster: demo, __replica__: "${JUJU_UNIT_NAME}", juju_charm: other, price: 1$$}';
    const { acts } = await dispatch('config-changed', {
      answers: answersOf({ options: { external_labels: external } }),
    });
    expect(acts[0]).toMatchObject({
      content: {
        labels: {
          ...{ cluster: 'demo', __replica__: 'sender/1', price: '1$' },
          ...{ juju_charm: 'remote-write-sender', juju_unit: 'sender/1' },
        },
      },
    });
  });

  it('tells series that all units share apart by no label of the unit', async () => {
    const { acts } = await dispatch('config-changed', {
      answers: answersOf({ options: { shared_series: true } }),
    });
    expect(acts[0]).toMatchObject({ content: { shared: true } });
    expect(JSON.stringify(acts[0])).not.toContain('sender/1');
  });

  it('names series of a target that it reads after the target, as any other sender does', async () => {
    const { acts } = await dispatch('config-changed', {
      answers: answersOf({ options: { target: 'website' } }),
    });
    expect(acts[0]).toMatchObject({ content: { shared: true, labels: { juju_application: 'website' } } });
    expect(JSON.stringify(acts[0])).not.toMatch(/sender\/1|_sender/);
  });

  it.each([
    [
      'cluster',
      'option external_labels: it is no map of labels: Invalid input: expected record, received string',
    ],
    ['{a-b: c}', 'option external_labels: "a-b" is no name of a label'],
    ['{a: [b]}', 'option external_labels: it is no map of labels: a: Invalid input'],
    [
      '{a: "$HOME"}',
      'option external_labels: it names $HOME; there are JUJU_UNIT_NAME, JUJU_MODEL_NAME, JUJU_MODEL_UUID',
    ],
  ])('is blocked by external labels such as %s, and leaves what runs alone', async (external, message) => {
    const answers = answersOf({ options: { external_labels: external } });
    const { acts, status } = await dispatch('config-changed', { answers });
    expect({ acts, status }).toEqual({ acts: [], status: ['blocked', message] });
  });

  it('publishes its rules to every relation if it leads', async () => {
    const { written } = await dispatch('config-changed', { answers: answersOf() });
    const sets = written.filter(({ tool }) => tool === 'relation-set');
    expect(sets.map(({ args }) => args)).toEqual([
      ['-r', '4', '--app', '--file', '-'],
      ['-r', '7', '--app', '--file', '-'],
    ]);
    expect(sets[0]?.stdin).toContain('cos_3f0e8c1a_sender_single_rules');
  });

  it('leaves the application bag to the leader', async () => {
    const { written } = await dispatch('config-changed', { answers: answersOf({ leader: false }) });
    expect(written.map(({ tool }) => tool)).toEqual(['status-set']);
  });

  it('sends no more to a relation that breaks, even while Juju lists it', async () => {
    const { acts, written, status } = await dispatch('send-remote-write-relation-broken', {
      answers: answersOf(),
    });
    expect(acts[0]).toMatchObject({ content: { urls: [] } });
    expect(written.filter(({ args }) => args.includes('4'))).toEqual([]);
    expect(status).toEqual(['waiting', 'waiting for a URL over send-remote-write']);
  });

  it('waits for its container, and publishes its rules all the same', async () => {
    const { written, status } = await dispatch('install', { answers: answersOf(), unreachable: true });
    expect(status).toEqual(['waiting', 'waiting for the container sender']);
    expect(written.filter(({ tool }) => tool === 'relation-set')).toHaveLength(2);
  });

  it('is blocked by rules that cannot be read, and sends samples all the same', async () => {
    const answers = answersOf({ options: { rules: 'words' } });
    const { acts, status } = await dispatch('config-changed', { answers });
    expect(status).toEqual([
      'blocked',
      'option rules: cannot read rules: it is neither groups nor a single rule',
    ]);
    expect(acts).toContain('replan');
  });

  it.each([
    [{ interval_ms: 0 }, /^option interval_ms: /],
    [{ series: -1 }, /^option series: /],
    [{ metric_prefix: '1-x' }, 'option metric_prefix: is no start of a metric name'],
  ])('is blocked by %j, and touches nothing', async (options, message) => {
    const { status, acts, written } = await dispatch('config-changed', { answers: answersOf({ options }) });
    expect(status).toEqual(['blocked', expect.stringMatching(message)]);
    expect(acts).toEqual([]);
    expect(written).toHaveLength(1);
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { installSeam, type DispatchSeam } from '../support/dispatch-seam.ts';
import { alertFile } from '../support/mimir-story.ts';
import { startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';
const records = z.array(
  z.object({
    operation: z.string(),
    tool: z.string(),
    args: z.array(z.string()),
    stdout: z.string(),
    stderr: z.string(),
    code: z.int(),
  }),
);

let simulation: Simulation;
let seam: DispatchSeam;

beforeAll(async () => {
  simulation = await startSimulation();
  await simulation.deployMimir();
  await simulation.ask({ command: 'deploy', charm: 'remote-write-sender', application: 'sender' });
  await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'sender'] });
  await simulation.settle();
  seam = await installSeam(simulation, unit);
});
afterAll(async () => {
  await simulation.close();
});

/** Options and rules that change and change back, hooks that change nothing, and an action. */
async function story(): Promise<void> {
  const steps = [
    { command: 'config', application: 'mimir-k8s', set: { tsdb_block_retention_period: '1h' } },
    { command: 'config', application: 'mimir-k8s', set: { tsdb_block_retention_period: '24h' } },
    { command: 'config', application: 'sender', set: { rules: alertFile('group', 'Alert') } },
    { command: 'config', application: 'sender', set: { rules: '' } },
    { command: 'fire', unit, hook: 'update-status' },
    { command: 'fire', unit, hook: 'leader-elected' },
    { command: 'fire', unit, hook: 'no-such-hook' },
    { command: 'run', unit, action: 'get-config' },
  ] as const;
  for (const step of steps) {
    await simulation.ask(step);
    await simulation.settle();
  }
}

async function record(variables: Readonly<Record<string, string>>) {
  await simulation.ask({ command: 'record', unit, on: true });
  await seam.begin(undefined, variables);
  await story();
  const { lines } = await seam.end();
  const calls = records.parse(await simulation.ask({ command: 'recorded', unit }));
  // The seam's own commands are no part of the story.
  const own = calls.filter(({ operation }) => operation !== 'juju-run');
  return { calls: own, spawned: lines.filter((line) => line.includes(' spawn ')).length };
}

test('both transports make the same calls with the same answers; the socket spawns no process', async () => {
  const socket = await record({});
  const spawn = await record({ JUJU_CHARM_TRANSPORT: 'spawn' });
  expect(socket.calls.length).toBeGreaterThan(60);
  expect(socket.spawned).toBe(0);
  expect(spawn.spawned).toBeGreaterThanOrEqual(spawn.calls.length);
  expect(inOneOrder(withoutTransport(spawn.calls))).toEqual(inOneOrder(withoutTransport(socket.calls)));
});

type Calls = z.infer<typeof records>;

/** The same calls without what must differ: the line that names the transport, and goal-state's times. */
function withoutTransport(calls: Calls): Calls {
  const timeless = calls.map((call) => ({
    ...call,
    stdout: call.stdout.replace(/"since":"[^"]*"/g, '"since":""'),
  }));
  return timeless.filter(
    ({ tool, args }) => !(tool === 'juju-log' && args.some((arg) => arg.includes('spawned'))),
  );
}

/** Tools that change nothing; neighbours of them are asked for together and may change places. */
const readers = /^(config-get|goal-state|is-leader|opened-ports|relation-(get|ids|list)|status-get)$/;

/**
 * The calls in their order, but neighbours that only read sorted; those of update-status, which also comes by itself each
 * five minutes, once each and at the end.
 */
function inOneOrder(calls: Calls): Calls {
  const timed = calls
    .filter(({ operation }) => operation === 'update-status')
    .map((call) => [keyOf(call), call] as const);
  return [
    ...inTurn(calls.filter(({ operation }) => operation !== 'update-status')),
    ...[...new Map(timed)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call),
  ];
}

const keyOf = (call: Calls[number]) => JSON.stringify(call);

function inTurn(calls: Calls): Calls {
  let turn = 0;
  const keyed = calls.map((call, index) => {
    const reads = readers.test(call.tool) && call.operation === calls[index - 1]?.operation;
    if (!reads || !readers.test(calls[index - 1]?.tool ?? '')) turn = index;
    return { call, turn, key: keyOf(call) };
  });
  return keyed.sort((a, b) => a.turn - b.turn || (a.key < b.key ? -1 : 1)).map(({ call }) => call);
}

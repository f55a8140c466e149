import { afterEach, expect, test } from 'vitest';
import { workloadView } from '../support/dispatch-seam.ts';
import { alertFile, rules, unitStatus } from '../support/mimir-story.ts';
import { ourBags } from '../support/our-bags.ts';
import type { ControlCall } from '../../src/simulator/client.ts';
import { root, startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';

/** Commands of a deployment with three relations; each may come at any time after those that it needs. */
const commands: readonly { readonly needs: readonly number[]; readonly call: ControlCall }[] = [
  {
    needs: [],
    call: {
      command: 'deploy',
      charm: `${root}/build/charm`,
      application: 'mimir-k8s',
      resources: { 'mimir-image': 'grafana/mimir:3.0.5' },
    },
  },
  {
    needs: [],
    call: {
      command: 'deploy',
      charm: 'remote-write-sender',
      application: 'sender',
      config: { rules: alertFile('group', 'First') },
    },
  },
  { needs: [], call: { command: 'deploy', charm: 'grafana', application: 'grafana' } },
  { needs: [], call: { command: 'deploy', charm: 'alertmanager', application: 'alertmanager', units: 2 } },
  { needs: [0, 1], call: { command: 'integrate', endpoints: ['mimir-k8s', 'sender'] } },
  { needs: [0, 2], call: { command: 'integrate', endpoints: ['mimir-k8s', 'grafana'] } },
  { needs: [0, 3], call: { command: 'integrate', endpoints: ['mimir-k8s:alertmanager', 'alertmanager'] } },
  {
    needs: [1],
    call: { command: 'config', application: 'sender', set: { rules: alertFile('group', 'Second') } },
  },
  {
    needs: [0],
    call: { command: 'config', application: 'mimir-k8s', set: { tsdb_block_retention_period: '36h' } },
  },
];

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

let simulation: Simulation | undefined;
afterEach(async () => {
  await simulation?.close();
});

/** Carries the commands out in an order of the seed's, with waits between, and returns the world in which it ends. */
async function carryOut(running: Simulation, random: () => number): Promise<unknown> {
  const left = new Set(commands.keys());
  while (left.size > 0) {
    const free = [...left].filter((index) => commands[index]?.needs.every((need) => !left.has(need)));
    const index = free[Math.floor(random() * free.length)] ?? 0;
    left.delete(index);
    const command = commands[index];
    if (command !== undefined) await running.ask(command.call);
    if (random() < 0.3) await running.settle();
    else await new Promise((resolve) => setTimeout(resolve, random() * 1500));
  }
  await running.settle();
  return world(running);
}

/** What the charm left: files and plan, databags by endpoint, rules, status. Ids and addresses differ by order. */
async function world(running: Simulation): Promise<unknown> {
  const bags = (await ourBags(running, unit)).map(({ endpoint, ...written }) => [endpoint, written]);
  const found = {
    status: await unitStatus(running, unit),
    workload: await workloadView(running, unit),
    bags: Object.fromEntries(bags),
    rules: (await rules(running)).replaceAll(/juju-relation-\d+/g, 'juju-relation-N'),
  };
  return JSON.parse(
    JSON.stringify(found)
      // Of a text with the model's uuid in it, by the relation's id.
      .replaceAll(/\\"\d+\\":\\"[0-9a-f]{16}\\"/g, 'FINGERPRINT')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}|_[0-9a-f]{8}_/g, 'UUID'),
  );
}

test('any order of a deployment with three relations ends in the same files, databags and rules', async () => {
  const seed = Number(process.env['ORDER_SEED'] ?? '7');
  const random = randomOf(seed);
  const worlds: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    simulation = await startSimulation();
    worlds.push(await carryOut(simulation, random));
    await simulation.close();
    simulation = undefined;
  }
  const [first, ...others] = worlds;
  expect(JSON.stringify(first)).toContain('Second');
  expect(JSON.stringify(first)).toMatch(/retention_period: (36h|1d12h)/);
  for (const other of others) expect({ seed, world: other }).toEqual({ seed, world: first });
}, 300_000);

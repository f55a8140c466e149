import { afterAll, beforeAll, expect, test } from 'vitest';
import { installSeam } from '../support/dispatch-seam.ts';
import { everyConnectionServed, rules, unitStatus } from '../support/mimir-story.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

let simulation: Simulation;

beforeAll(async () => {
  simulation = await startSimulation();
  await simulation.deployMimir({ units: 2 });
  await simulation.ask({ command: 'deploy', charm: 'remote-write-sender', application: 'sender' });
  await simulation.ask({ command: 'integrate', endpoints: ['mimir-k8s', 'sender'] });
  await simulation.settle();
  // Until then a leader would ask the second pod in vain.
  await everyConnectionServed(simulation, 20, 60);
});
afterAll(async () => {
  await simulation.close();
});

/** A rule file with six groups, whose alerts carry a name. */
function sixGroups(alert: string): string {
  const groups = [1, 2, 3, 4, 5, 6].map(
    (n) => `- name: group_${n}\n  rules:\n  - alert: ${alert}${n}\n    expr: vector(1)\n`,
  );
  return `groups:\n${groups.join('')}`;
}

async function setRules(alert: string): Promise<void> {
  const set = { rules: sixGroups(alert) };
  await simulation.ask({ command: 'config', application: 'sender', set, reset: [] });
}

test.each([
  ['mimir-k8s/0', 'mimir-k8s/1', 'Second'],
  ['mimir-k8s/1', 'mimir-k8s/0', 'Third'],
])(
  'when %s dies in the middle of a rule sync and %s leads, the rules are right',
  async (old, heir, alert) => {
    const seam = await installSeam(simulation, old);
    const hook = 'receive-remote-write-relation-changed';
    // The tenth request is among those that put rule groups: the ones before it look at the container and the ruler.
    await seam.begin({ hook, at: 10 });
    await setRules(alert);
    await eventually('a dispatch that was killed', async () => ((await seam.killed()) ? true : undefined));
    await simulation.ask({ command: 'set-leader', unit: heir });
    await seam.end();
    await simulation.settle();
    // At the latest by the next event: the heir may have come to lead in a moment when no Mimir was ready.
    await simulation.ask({ command: 'fire', unit: heir, hook: 'update-status' });
    await simulation.settle();
    const held = await rules(simulation);
    const alerts = [...held.matchAll(/alert: (\w+)/g)].map(([, name]) => name).sort();
    expect(alerts).toEqual([1, 2, 3, 4, 5, 6].map((n) => `${alert}${n}`));
    expect(await unitStatus(simulation, heir)).toMatch(/^blocked: .*Replication requires object storage/);
  },
);

import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { packOpsCharm } from '../scripts/ops-charm.ts';
import { ownArchitecture, stageCharm } from '../scripts/stage.ts';
import type { SimulatorClient } from '../src/simulator/client.ts';
import { installPrograms } from './measure.ts';

const built = join(dirname(import.meta.dirname), 'build/benchmarks');

/** Related to each charm under test: the sender of samples and rules, Grafana and Alertmanager. */
const standIns = ['remote-write-sender', 'grafana', 'alertmanager'] as const;

/** Rules of the sender: in Mimir's ruler by the time of the measurements, and quiet without samples. */
const rules = `groups:
- name: samples
  rules:
  - alert: ValueHigh
    expr: juju_sim_value > 100
    labels: { severity: warning }
  - alert: ValueTooHigh
    expr: juju_sim_value > 1000
    for: 5m
    labels: { severity: critical }
  - record: job:juju_sim_value:max
    expr: max by (job) (juju_sim_value)
`;

/** The charms to be deployed: their folders by name. */
export type Charms = ReadonlyMap<string, string>;

/**
 * Makes the charms, with what measuring needs in their folders: mimir-k8s as built, and `ops-minimal` if there is a
 * Python for it.
 */
export async function makeCharms(python: string | undefined): Promise<Charms> {
  rmSync(built, { recursive: true, force: true });
  const charms = new Map([['mimir-k8s', join(built, 'mimir-k8s')]]);
  await stageCharm(ownArchitecture, join(built, 'mimir-k8s'));
  if (python !== undefined) {
    const folder = join(built, 'ops-minimal');
    packOpsCharm(python, { source: join(import.meta.dirname, 'charms/ops-minimal'), folder });
    charms.set('ops-minimal', folder);
  }
  for (const folder of charms.values()) installPrograms(folder);
  return charms;
}

/** Deploys a unit of each charm, relates each to the same stand-ins, and waits until nothing happens any more. */
export async function deployIdle(client: SimulatorClient, charms: Charms): Promise<void> {
  for (const [application, charm] of charms) {
    await client.request({ command: 'deploy', charm, application });
  }
  // Without generated series, the sender sends nothing by itself.
  const config = { series: '0', rules };
  for (const charm of standIns) {
    const options = charm === 'remote-write-sender' ? { config } : {};
    await client.request({ command: 'deploy', charm, ...options });
    for (const application of charms.keys()) {
      await client.request({ command: 'integrate', endpoints: [application, charm] });
    }
  }
  await client.request({ command: 'wait-idle', timeoutMs: 180_000 });
  for (const application of charms.keys()) await requireActive(client, application);
}

const status = z.object({
  applications: z.record(
    z.string(),
    z.object({ 'application-status': z.object({ current: z.string(), message: z.string().default('') }) }),
  ),
});

/** Throws unless an application is active: a charm that waits or is blocked does less than it is measured for. */
export async function requireActive(client: SimulatorClient, application: string): Promise<void> {
  const { applications } = status.parse(await client.request({ command: 'status' }));
  const { current = 'unknown', message = '' } = applications[application]?.['application-status'] ?? {};
  if (current !== 'active') throw new Error(`cannot measure ${application}: it is ${current}: ${message}`);
}

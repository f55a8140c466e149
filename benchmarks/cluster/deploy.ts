import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ownArchitecture, stageCharm } from '../../scripts/stage.ts';
import type { SimulatorClient } from '../../src/simulator/client.ts';
import { requireActive } from '../idle-model.ts';
import { commandByHand, filesByHand, type ByHandStore } from './by-hand.ts';
import { deployments, unitsOf, urlsOf, type Deployment } from './deployment.ts';
import { buildLoad, runLoad } from './load.ts';
import { keepRunning } from './workload.ts';

const built = join(dirname(dirname(import.meta.dirname)), 'build/benchmarks');
const pod = join(dirname(import.meta.dirname), 'charms/pod');
const charm = join(built, 'mimir-k8s');
const storeApplication = 's3-integrator';
const store: ByHandStore = {
  endpoint: `${storeApplication}.demo.svc.cluster.local:9000`,
  accessKey: 'benchmark',
  secretKey: randomUUID(),
};

const byHand = deployments.filter(({ by }) => by === 'hand');
const byCharm = deployments.filter(({ by }) => by === 'charm');

/** Makes the charms: ours as built, and the pods of the deployments by hand and of the load with their files. */
export async function makeClusterCharms(): Promise<void> {
  rmSync(built, { recursive: true, force: true });
  await stageCharm(ownArchitecture, charm);
  buildLoad(join(podCharm('load'), 'files'));
  for (const { application, units } of byHand) {
    for (const [path, text] of Object.entries(filesByHand({ application, units, store }))) {
      const file = join(podCharm(application), 'files', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  for (const application of ['load', ...byHand.map((each) => each.application)])
    cpSync(pod, podCharm(application), { recursive: true });
}

/**
 * Deploys everything into one model, with one object store and a bucket for each, and waits until each Mimir is ready.
 * `ended` is rejected when a Mimir ends that was started by hand: nobody would start it again.
 */
export async function deployClusters(client: SimulatorClient): Promise<{ readonly ended: Promise<never> }> {
  const config = { 'access-key': store.accessKey, 'secret-key': store.secretKey };
  await client.request({ command: 'deploy', charm: storeApplication, application: storeApplication, config });
  await deployPod(client, { application: 'load', units: 1 }, 'juju-sim/node');
  for (const deployment of byHand) await deployPod(client, deployment, 'grafana/mimir');
  for (const { application, units } of byCharm) {
    await client.request({ command: 'deploy', charm, application, units });
    await client.request({ command: 'integrate', endpoints: [`${application}:s3`, storeApplication] });
  }
  await client.request({ command: 'wait-idle', timeoutMs: 180_000 });
  for (const { application } of byHand) await makeBucket(client, application);
  const ended = Promise.race(byHand.flatMap(unitsOf).map((unit) => startByHand(client, unit)));
  // It may come before anyone listens.
  ended.catch(() => undefined);
  await Promise.race([runLoad(client, ['ready', ...byHand.flatMap(urlsOf)]), ended]);
  for (const { application } of byCharm) await requireActive(client, application);
  return { ended };
}

function podCharm(application: string): string {
  return join(built, application);
}

async function deployPod(
  client: SimulatorClient,
  { application, units }: Pick<Deployment, 'application' | 'units'>,
  image: string,
): Promise<void> {
  const resources = { 'workload-image': image };
  await client.request({ command: 'deploy', charm: podCharm(application), application, units, resources });
}

const task = z.object({ status: z.string() });

/** By hand one makes the bucket too; by the relation it is made. */
async function makeBucket(client: SimulatorClient, bucket: string): Promise<void> {
  const run = { command: 'run', unit: `${storeApplication}/0`, action: 'make-bucket' } as const;
  const done = await client.request({ ...run, parameters: { bucket } });
  if (task.parse(done).status !== 'completed')
    throw new Error(`cannot make bucket ${bucket}: ${JSON.stringify(done)}`);
}

function startByHand(client: SimulatorClient, unit: string): Promise<never> {
  return keepRunning(client, { unit, container: 'workload', argv: commandByHand });
}

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { storageLocation, toolsFolder } from '../agent/paths.ts';
import { writeTools } from '../agent/tools-folder.ts';
import { monitorGrace } from '../cluster/node-watch.ts';
import type { ContainerSpec, PodSpec, VolumeMount } from '../cluster/cluster.ts';
import { applicationOf, unitOf, withUnit } from '../model/access.ts';
import { agentStarted, agentStopped, agentStopping, unitGone } from '../model/lifecycle.ts';
import type { Application, Unit } from '../model/records.ts';
import { setUnitStatus, status } from '../model/statuses.ts';
import { settled } from './settled.ts';
import { podName } from './world.ts';
import type { UnitRuntime, World } from './world.ts';

/** Grace of a deleted pod, in ms (Juju: terminationGracePeriodSeconds). */
const grace = 30_000;

/** Folder of the charms that an application was deployed and refreshed with. */
export function deployedCharms(world: World, application: string): string {
  return join(world.options.stateFolder, 'charms', application);
}

/** Folder of the charm of one revision of an application. */
export function deployedCharm(world: World, application: Pick<Application, 'name' | 'revision'>): string {
  return join(deployedCharms(world, application.name), String(application.revision));
}

/** Starts a unit's pod and its agent. */
export async function startPod(world: World, unit: Unit): Promise<void> {
  const { cluster } = world.options;
  const runtime = world.runtime(unit.name);
  runtime.pod = 'starting';
  runtime.revision = applicationOf(world.model(), unit.application).revision;
  try {
    await cluster.createPod(podSpec(world, unit));
    await writeTools(cluster.charmPath(podName(unit.name), toolsFolder(unit.name)));
  } catch (error) {
    podFailed(world, unit.name, error);
    return;
  }
  runtime.pod = 'running';
  // The unit may have been removed meanwhile.
  if (world.model().units[unit.name] === undefined) await endPod(world, unit.name);
  announce(world, unit.name, true);
}

/** Ends the pod of a dead unit, and forgets the unit. */
export async function endPod(world: World, unit: string): Promise<void> {
  const runtime = world.runtime(unit);
  const failed = runtime.pod === 'failed';
  runtime.pod = 'stopping';
  if (!failed) await world.options.cluster.deletePod(podName(unit), grace);
  world.forget(unit);
  world.update((model) => (model.units[unit] === undefined ? model : unitGone(model, unit)));
}

/**
 * Deletes a living unit's pod and starts it anew, as the StatefulSet does: SIGTERM to all containers at once, the
 * agent runs `stop` meanwhile, and the new pod's agent finds its charm missing.
 */
export async function restartPod(world: World, name: string): Promise<void> {
  const runtime = world.runtime(name);
  const unit = unitOf(world.model(), name);
  if (runtime.pod !== 'running') throw new Error(`cannot delete pod ${podName(name)}: it is ${runtime.pod}`);
  runtime.pod = 'restarting';
  runtime.ready = false;
  // A unit that dies goes on with its ordinary end (Juju: caasunitterminationworker).
  if (unit.life === 'alive') world.update((model) => agentStopping(model, name));
  const agent = settled(world, name);
  await world.options.cluster.deletePod(podName(name), grace, agent);
  agentEnded(world, runtime);
  await startAgain(world, name);
}

/**
 * Loses a unit's pod with its node, and starts another one after `awayMs`, as when an administrator deletes the node: no
 * hook is run meanwhile, and the one that ran is lost.
 */
export async function losePod(
  world: World,
  name: string,
  awayMs = monitorGrace / world.options.speed,
): Promise<void> {
  const runtime = world.runtime(name);
  if (runtime.pod !== 'running') throw new Error(`cannot lose pod ${podName(name)}: it is ${runtime.pod}`);
  runtime.pod = 'restarting';
  const { cluster } = world.options;
  const lost = cluster.losePod(podName(name));
  agentEnded(world, runtime);
  await lost;
  await settled(world, name);
  await delay(awayMs);
  runtime.ready = false;
  await cluster.deletePod(podName(name), 0);
  await startAgain(world, name);
}

/** Starts the pod of a unit whose pod has ended, unless the unit has died meanwhile. */
async function startAgain(world: World, name: string): Promise<void> {
  const unit = world.model().units[name];
  if (unit === undefined) return;
  if (unit.life === 'dead') await endPod(world, name);
  else await startPod(world, unit);
}

/** The charm container died: so did the agent, and what it ran. */
export function charmContainerExited(world: World, runtime: UnitRuntime): void {
  if (runtime.pod !== 'running') return;
  runtime.charmDown = true;
  agentEnded(world, runtime);
}

/** The charm container is back: its agent starts anew in the same pod. */
export function charmContainerStarted(world: World, runtime: UnitRuntime): void {
  if (!runtime.charmDown) return;
  runtime.charmDown = false;
  announce(world, runtime.unit, false);
}

function agentEnded(world: World, runtime: UnitRuntime): void {
  // What an agent holds in memory ends with it: boot ids, what it read of others, which notices it saw.
  runtime.bootIds.clear();
  runtime.cache.clear();
  runtime.noticeTimes.clear();
  runtime.toldChanges.clear();
  runtime.agentStarted = false;
  world.update((model) => (model.units[runtime.unit] ? agentStopped(model, runtime.unit) : model));
}

function announce(world: World, unit: string, newPod: boolean): void {
  const address = world.options.cluster.podAddress(podName(unit));
  world.update((model) => (model.units[unit] ? agentStarted(model, unit, { address, newPod }) : model));
}

function podFailed(world: World, unit: string, error: unknown): void {
  world.runtime(unit).pod = 'failed';
  const message = error instanceof Error ? error.message : String(error);
  world.log.add({ unit, module: 'provisioner', level: 'ERROR', message: `cannot start the pod: ${message}` });
  world.update((model) => {
    if (model.units[unit] === undefined) return model;
    const failed = withUnit(model, unit, { agentStatus: status(model, 'failed', message) });
    return setUnitStatus(failed, unit, status(model, 'error', message));
  });
}

function podSpec(world: World, unit: Unit): PodSpec {
  const application = applicationOf(world.model(), unit.application);
  const { charm, resources } = application;
  const containers = Object.entries(charm.containers).map(
    ([name, { resource = '', mounts, uid }]): ContainerSpec => {
      const image = resources[resource] ?? charm.resources[resource]?.['upstream-source'] ?? '';
      const targets = mounts.map(({ storage, location }) => ({
        storage,
        target: location ?? charm.storage[storage]?.location ?? `/data/${storage}`,
      }));
      return { name, image, uid, mounts: targets.flatMap((mount) => volumes(world, unit, mount)) };
    },
  );
  return {
    ...{ name: podName(unit.name), application: unit.application, unit: unit.name, containers },
    charm: deployedCharm(world, application),
    charmMounts: unit.storage.map((id) => ({ ...volume(world, unit, id), target: storageLocation(id) })),
  };
}

function volumes(world: World, unit: Unit, mount: { storage: string; target: string }): VolumeMount[] {
  return unit.storage
    .filter((id) => id.startsWith(`${mount.storage}/`))
    .map((id) => ({ ...volume(world, unit, id), target: mount.target }));
}

function volume(world: World, { application }: Unit, id: string): Omit<VolumeMount, 'target'> {
  const [storage = ''] = id.split('/');
  const { storageSizes } = applicationOf(world.model(), application);
  const source = join(world.options.stateFolder, 'storage', id.replace('/', '-'));
  return { source, sizeMiB: storageSizes[storage] };
}

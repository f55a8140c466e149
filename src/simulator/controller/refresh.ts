import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlRequest } from '../control.ts';
import { applicationOf, unitsOf } from '../model/access.ts';
import { JujuError } from '../model/errors.ts';
import type { Application, Unit } from '../model/records.ts';
import { step } from '../model/step.ts';
import { readCharm, storeCharm } from './charm-store.ts';
import { deployedCharm, deployedCharms } from './pods.ts';
import type { World } from './world.ts';

/** Gives an application another charm or other resources; the provisioner then replaces its pods. */
export async function refresh(
  world: World,
  request: Extract<ControlRequest, { command: 'refresh' }>,
): Promise<unknown> {
  const { application: name, charm: source, resources } = request;
  if (source === undefined && Object.keys(resources).length === 0) {
    throw new JujuError(`cannot refresh "${name}": neither a charm nor a resource was given`);
  }
  const charm = source === undefined ? undefined : await readCharm(source);
  const change = { command: 'refresh', application: name, charm, resources } as const;
  // Refused before the charm is copied.
  const { revision } = applicationOf(step(world.model(), change), name);
  const current = deployedCharm(world, applicationOf(world.model(), name));
  await storeCharm(source ?? current, deployedCharm(world, { name, revision }));
  if (applicationOf(world.model(), name).revision !== revision - 1) {
    throw new JujuError(`cannot refresh "${name}": it was refreshed meanwhile`);
  }
  world.update((model) => step(model, change));
  await dropOldCharms(world, { name, revision });
  return { application: name, charm: applicationOf(world.model(), name).charm.name, revision };
}

/**
 * The unit whose pod is to be replaced next, if one is (Kubernetes: rolling update of a StatefulSet): the highest
 * ordinal first, and the next one only when all pods above it are ready again.
 */
export function nextOutdated(world: World, application: Application): Unit | undefined {
  for (const unit of unitsOf(world.model(), application.name).toReversed()) {
    if (unit.life !== 'alive') continue;
    const { revision, pod, ready } = world.runtime(unit.name);
    const settled = pod === 'running' || pod === 'failed';
    if (settled && revision !== application.revision) return unit;
    if (pod !== 'running' || !ready) return undefined;
  }
  return undefined;
}

/** The last charm is kept too: a pod that is starting may be copying it. */
async function dropOldCharms(world: World, kept: Pick<Application, 'name' | 'revision'>): Promise<void> {
  const folder = deployedCharms(world, kept.name);
  const old = (await readdir(folder)).filter((revision) => Number(revision) < kept.revision - 1);
  for (const revision of old) await rm(join(folder, revision), { recursive: true, force: true });
}

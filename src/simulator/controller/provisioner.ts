import { unitsOf, withApplication } from '../model/access.ts';
import type { Application, Model, Unit } from '../model/records.ts';
import { tellProbe } from './agent-probe.ts';
import { charmContainerExited, charmContainerStarted, endPod, restartPod, startPod } from './pods.ts';
import { nextOutdated } from './refresh.ts';
import { podName } from './world.ts';
import type { UnitRuntime, World } from './world.ts';

/** Keeps pods and Services as the model wants them. */
export interface Provisioner {
  /** Whether a pod starts or ends, or a Service is being changed. */
  working(): boolean;
}

/** Makes the provisioner; an unexpected error of the simulator itself goes to `fail`. */
export function createProvisioner(world: World, fail: (error: unknown) => void): Provisioner {
  let services = Promise.resolve();
  let pendingServices = 0;
  const applied = new Map<string, string>();
  const inTurn = (act: () => Promise<void>) => {
    pendingServices += 1;
    services = services
      .then(act)
      .catch(fail)
      .finally(() => {
        pendingServices -= 1;
      });
  };
  const look = () => {
    const model = world.model();
    forgetGone(world);
    for (const application of Object.values(model.applications)) {
      const wanted = openPorts(model, application.name);
      if (applied.get(application.name) === String(wanted)) continue;
      applied.set(application.name, String(wanted));
      inTurn(() => applyService(world, application, wanted));
    }
    for (const name of [...applied.keys()]) {
      if (model.applications[name] !== undefined) continue;
      applied.delete(name);
      inTurn(() => world.options.cluster.deleteService(name));
    }
    for (const unit of Object.values(model.units)) {
      tellProbe(world, unit);
      lookAtUnit(world, unit, fail);
    }
    for (const application of Object.values(model.applications)) roll(world, application, fail);
  };
  world.onChange(look);
  followContainers(world);
  return {
    working: () =>
      pendingServices > 0 || Object.keys(world.model().units).some((unit) => moving(world, unit)),
  };
}

function lookAtUnit(world: World, unit: Unit, fail: (error: unknown) => void): void {
  const runtime = world.runtime(unit.name);
  const { address } = world.model().applications[unit.application] ?? {};
  if (runtime.pod === 'none' && unit.life === 'alive' && address !== undefined) {
    void startPod(world, unit).catch(fail);
  } else if (isOver(unit, runtime) && !runtime.busy) {
    void endPod(world, unit.name).catch(fail);
  }
}

/** Whether a pod has served: its unit is dead, or dies and cannot run its last hooks. */
function isOver({ life }: Unit, { pod }: UnitRuntime): boolean {
  return (pod === 'running' && life === 'dead') || (pod === 'failed' && life !== 'alive');
}

/** A unit that went before it had a pod leaves nothing for one that comes under its name. */
function forgetGone(world: World): void {
  const { units } = world.model();
  for (const { unit, pod } of world.runtimes()) {
    if (units[unit] === undefined && (pod === 'none' || pod === 'failed')) world.forget(unit);
  }
}

function roll(world: World, application: Application, fail: (error: unknown) => void): void {
  const unit = nextOutdated(world, application);
  if (unit === undefined) return;
  const failed = world.runtime(unit.name).pod === 'failed';
  void (failed ? startPod(world, unit) : restartPod(world, unit.name)).catch(fail);
}

function moving(world: World, unit: string): boolean {
  const { pod, charmDown } = world.runtime(unit);
  return charmDown || (pod !== 'running' && pod !== 'failed');
}

async function applyService(world: World, { name }: Application, ports: readonly number[]): Promise<void> {
  const { cluster } = world.options;
  await cluster.applyService({ application: name, ports });
  const address = cluster.serviceAddress(name);
  const known = world.model().applications[name]?.address;
  if (known === undefined || known !== address) {
    world.update((model) => (model.applications[name] ? withApplication(model, name, { address }) : model));
  }
}

/** The union of the units' open ports; of them only TCP's are in a simulated Service. */
function openPorts(model: Model, application: string): readonly number[] {
  const ports = unitsOf(model, application).flatMap((unit) => unit.ports);
  const tcp = ports.filter((port) => port.endsWith('/tcp')).map((port) => Number.parseInt(port, 10));
  return [...new Set(tcp)].sort((a, b) => a - b);
}

function followContainers(world: World): void {
  world.options.cluster.onEvent((event) => {
    const unit = Object.keys(world.model().units).find((name) => podName(name) === event.pod);
    if (unit === undefined) return;
    const runtime = world.runtime(unit);
    if (event.kind === 'readiness') {
      runtime.ready = event.ready;
      runtime.lastMove = Date.now();
      world.touch();
      return;
    }
    if (event.container !== 'charm') return;
    const act = event.kind === 'container-exited' ? charmContainerExited : charmContainerStarted;
    act(world, runtime);
  });
}

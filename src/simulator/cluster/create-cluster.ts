import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, ClusterEvent, PodSpec, ServiceSpec } from './cluster.ts';
import type { ClusterBinaries } from './images.ts';
import { nameRecords, resolveName } from './names.ts';
import { serveNames } from './name-server.ts';
import { createNetwork, nameServerAddress, type Network } from './network.ts';
import { makePod, type Pod, type PodSurroundings } from './pod.ts';
import type { PodNetwork } from './pod-network.ts';
import { podFolders } from './pod-plans.ts';
import { mountPrivateFolder } from './private-folder.ts';
import { containerProcesses } from './processes.ts';
import { createBalancer, type ServiceBalancer } from './service.ts';

/** What a cluster is made of. */
export interface ClusterOptions {
  readonly model: string;
  /** Folder on disk for volumes, copies of charms and logs. */
  readonly stateDir: string;
  readonly binaries: ClusterBinaries;
  /** Divides every period and wait of the kubelet: 1 is as slow as Kubernetes. */
  readonly speed: number;
}

/** A cluster, and what the forwarder needs of it. */
export interface CreatedCluster extends Cluster {
  /** An address that a name in the cluster stands for (a Service's, a pod's); short names too. */
  resolve(name: string): string | undefined;
}

interface RunningService {
  readonly spec: ServiceSpec;
  readonly balancer: ServiceBalancer;
}

interface ClusterState {
  readonly around: PodSurroundings;
  readonly pods: Map<string, Pod>;
  /** Names of pods that are being made. */
  readonly starting: Set<string>;
  readonly services: Map<string, RunningService>;
}

/** Makes an empty cluster in the namespaces of this process, which `launchSimulator` started. */
export async function createCluster(options: ClusterOptions): Promise<CreatedCluster> {
  const { model, stateDir, binaries, speed } = options;
  mkdirSync(stateDir, { recursive: true });
  const programs = [process.execPath, binaries.pebble, binaries.mimir, binaries.minio ?? []].flat();
  const needed = [stateDir, import.meta.dirname, process.cwd(), ...programs];
  const folder = await mountPrivateFolder(needed);
  const network = await createNetwork();
  const listeners: ((event: ClusterEvent) => void)[] = [];
  const emit = (event: ClusterEvent) => {
    if (event.kind === 'readiness') void updateServices(state);
    for (const listener of listeners) listener(event);
  };
  const places = { model, stateDir, binaries, speed, short: folder.path, hostProc: folder.hostProc };
  const state: ClusterState = {
    around: { places, network, speed, emit },
    pods: new Map(),
    starting: new Set(),
    services: new Map(),
  };
  const names = await serveNames(nameServerAddress, (name) => records(state).get(name));
  return {
    ...podOperations(state),
    ...serviceOperations(state, network),
    resolve: (name) => resolveName(records(state), name, model)?.[0],
    onEvent: (listener) => {
      listeners.push(listener);
    },
    close: async () => {
      await endAll(state);
      names.close();
    },
  };
}

function podOperations(state: ClusterState) {
  const { hostProc } = state.around.places;
  const find = (name: string) => {
    const pod = state.pods.get(name);
    if (pod === undefined) throw new Error(`cannot find pod ${name}: there is none of that name`);
    return pod;
  };
  return {
    createPod: (spec) => createPod(state, spec),
    deletePod: (pod, graceMs, agent) => deletePod(state, find(pod).spec.name, { graceMs, agent }),
    cutNetwork: (pod) => find(pod).cutNetwork(neighbours(state, pod)),
    mendNetwork: (pod) => find(pod).mendNetwork(),
    losePod: (pod) => find(pod).lose(neighbours(state, pod)),
    killContainer: async (pod, container) => {
      const running = find(pod).running(container);
      running.signal('SIGKILL');
      await running.exited;
    },
    exec: (command) => find(command.pod).exec(command),
    processes: (name, container) => {
      const pod = state.pods.get(name);
      const running = pod?.isRunning(container) === true ? pod.running(container) : undefined;
      return Promise.resolve(running === undefined ? [] : containerProcesses(running.init, hostProc));
    },
    signal: (pid, signal) => {
      process.kill(pid, signal);
    },
    setAgentStarted: (pod, started) => {
      find(pod).setAgentStarted(started);
    },
    podAddress: (pod) => state.pods.get(pod)?.address,
    charmPath: (pod, path) => find(pod).charmPath(path),
    pebbleSocket: (pod, container) =>
      join(podFolders(state.around.places, pod).containers, container, 'pebble.socket'),
  } satisfies Partial<Cluster>;
}

function serviceOperations(state: ClusterState, network: Network) {
  return {
    applyService: async (spec) => {
      const known = state.services.get(spec.application);
      const balancer = known?.balancer ?? createBalancer(await network.addServiceAddress());
      state.services.set(spec.application, { spec, balancer });
      await updateServices(state);
    },
    deleteService: async (application) => {
      const service = state.services.get(application);
      if (service === undefined) return;
      state.services.delete(application);
      service.balancer.close();
      await network.removeServiceAddress(service.balancer.address);
    },
    serviceAddress: (application) => state.services.get(application)?.balancer.address,
  } satisfies Partial<Cluster>;
}

async function createPod(state: ClusterState, spec: PodSpec): Promise<void> {
  const { pods, starting, around } = state;
  if (pods.has(spec.name) || starting.has(spec.name)) {
    throw new Error(`cannot start pod ${spec.name}: there is one of that name already`);
  }
  starting.add(spec.name);
  try {
    const pod = await makePod(around, spec);
    pods.set(spec.name, pod);
    await pod.start();
  } catch (error) {
    await deletePod(state, spec.name, { graceMs: 0 });
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot start pod ${spec.name}: ${reason}`, { cause: error });
  } finally {
    starting.delete(spec.name);
  }
}

async function deletePod(
  state: ClusterState,
  name: string,
  { graceMs, agent }: { graceMs: number; agent?: Promise<unknown> | undefined },
): Promise<void> {
  const pod = state.pods.get(name);
  if (pod === undefined) return;
  await pod.end(graceMs, agent);
  state.pods.delete(name);
  if (pod.isLost()) return;
  for (const { balancer } of state.services.values()) balancer.forgetPod(pod.address);
}

/** The networks of all other pods that have one. */
function neighbours({ pods }: ClusterState, of: string): readonly PodNetwork[] {
  return [...pods.values()]
    .filter((pod) => pod.spec.name !== of && !pod.isLost())
    .map(({ network }) => network);
}

async function endAll(state: ClusterState): Promise<void> {
  await Promise.all([...state.pods.keys()].map((pod) => deletePod(state, pod, { graceMs: 0 })));
  for (const { balancer } of state.services.values()) balancer.close();
  state.services.clear();
}

async function updateServices({ services, pods }: ClusterState): Promise<void> {
  const readyPods = (application: string) =>
    [...pods.values()]
      .filter((pod) => pod.spec.application === application && pod.isReady())
      .map(({ address }) => address);
  await Promise.all(
    [...services.values()].map(({ spec, balancer }) =>
      balancer.update(spec.ports, readyPods(spec.application)),
    ),
  );
}

function records({ around, pods, services }: ClusterState): ReadonlyMap<string, readonly string[]> {
  return nameRecords({
    model: around.places.model,
    pods: [...pods.values()].map(({ spec, address }) => ({ ...spec, address })),
    services: [...services].map(([application, { balancer }]) => ({
      application,
      address: balancer.address,
    })),
  });
}

import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { agentStartedFile } from './agent-probe.ts';
import type { ClusterEvent, ContainerCommand, PodSpec } from './cluster.ts';
import type { RunningContainer } from './container.ts';
import { execInContainer } from './container-exec.ts';
import { copyCharm, pathInContainer } from './container-root.ts';
import type { Network } from './network.ts';
import { createNodeWatch, nodeIsHeard, type NodeWatch } from './node-watch.ts';
import { endCharm, endsWithin, killAll } from './pod-end.ts';
import type { PodNetwork } from './pod-network.ts';
import {
  charmContainer,
  planContainers,
  podFolders,
  type ClusterPlaces,
  type PlannedContainer,
} from './pod-plans.ts';
import { probeContainer } from './probes.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { superviseContainer, type SupervisedContainer } from './supervised-container.ts';
import { provideVolumes } from './volumes.ts';

/** A running pod. */
export interface Pod {
  readonly spec: PodSpec;
  readonly address: string;
  isReady(): boolean;
  /** Starts the containers; resolves when Pebble answers in each of them. */
  start(): Promise<void>;
  isRunning(container: string): boolean;
  /** A container as it runs now. Throws if it does not run. */
  running(name: string): RunningContainer;
  exec(command: ContainerCommand): ChildProcess;
  /** Path on the simulator's side of a path in the charm container, whether it runs or not. */
  charmPath(path: string): string;
  /** See `Cluster.setAgentStarted`. */
  setAgentStarted(started: boolean): void;
  readonly network: PodNetwork;
  /** See `Cluster.cutNetwork`. */
  cutNetwork(neighbours: readonly PodNetwork[]): Promise<void>;
  mendNetwork(): Promise<void>;
  /** See `Cluster.losePod`. */
  lose(neighbours: readonly PodNetwork[]): Promise<void>;
  /** Whether the pod was lost: nobody tells its peers that their connections have ended. */
  isLost(): boolean;
  /** Ends the pod: see `Cluster.deletePod`. */
  end(graceMs: number, agent?: Promise<unknown>): Promise<void>;
}

/** What a pod is made in. */
export interface PodSurroundings {
  readonly places: ClusterPlaces;
  readonly network: Network;
  readonly speed: number;
  emit(event: ClusterEvent): void;
}

/** Grace of a container that its liveness probe condemns, in ms (Juju: terminationGracePeriodSeconds of the pod). */
const livenessGrace = 30_000;

/** Makes a pod; its containers start with {@link Pod.start}. On failure nothing of it is left. */
export async function makePod(around: PodSurroundings, spec: PodSpec): Promise<Pod> {
  const network = await around.network.addPod();
  try {
    const folders = podFolders(around.places, spec.name);
    for (const folder of [folders.containers, folders.juju, folders.onDisk]) {
      mkdirSync(folder, { recursive: true });
    }
    await copyCharm(spec.charm, folders.charm);
    await provideVolumes(spec);
    const plans = planContainers(around.places, spec, network);
    const names = plans.map(({ plan }) => plan.name);
    const readiness = createReadiness(spec, [...names, nodeIsHeard], (event) => {
      around.emit(event);
    });
    const node = createNodeWatch(readiness, around.speed);
    return podOf({ around, spec, network, readiness, node, plans, containers: [] });
  } catch (error) {
    await network.remove();
    await removeFolders(around, spec);
    throw error;
  }
}

interface PodParts {
  readonly around: PodSurroundings;
  readonly spec: PodSpec;
  readonly network: PodNetwork;
  readonly readiness: Readiness;
  readonly node: NodeWatch;
  readonly plans: readonly PlannedContainer[];
  readonly containers: SupervisedContainer[];
}

async function startContainers(pod: PodParts): Promise<void> {
  pod.containers.push(...pod.plans.map((planned) => startWithProbes(pod, planned)));
  const starts = await Promise.allSettled(pod.containers.map(({ started }) => started));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function removePod({ around, spec, network, readiness, node, containers }: PodParts): Promise<void> {
  readiness.end();
  node.end();
  await killAll(containers);
  await network.remove();
  await removeFolders(around, spec);
}

async function removeFolders(around: PodSurroundings, spec: PodSpec): Promise<void> {
  const { short, onDisk } = podFolders(around.places, spec.name);
  for (const folder of [short, onDisk]) await rm(folder, { recursive: true, force: true });
}

function startWithProbes(pod: PodParts, { plan, healthPort }: PlannedContainer): SupervisedContainer {
  const { around, network, node } = pod;
  const place = { pod: plan.pod, container: plan.name };
  const target = {
    ...{ address: network.address, port: healthPort, speed: around.speed },
    // The kubelet is on the pod's node: what lies between nodes does not concern it.
    localSocket: () => (node.isHeard() ? undefined : plan.socket),
  };
  let probing = new AbortController();
  return superviseContainer(plan, around.speed, {
    onStarted: (running) => {
      around.emit({ kind: 'container-started', ...place });
      probing = new AbortController();
      const listener = {
        onReady: (ready: boolean) => {
          node.report(plan.name, ready);
        },
        onDead: () => void endCondemned(running, around.speed),
      };
      void probeContainer(target, listener, probing.signal);
    },
    onExited: () => {
      probing.abort();
      node.report(plan.name, false);
      around.emit({ kind: 'container-exited', ...place });
    },
  });
}

async function endCondemned(running: RunningContainer, speed: number): Promise<void> {
  running.signal('SIGTERM');
  await endsWithin(running.exited, livenessGrace / speed);
  running.signal('SIGKILL');
}

function podOf(parts: PodParts): Pod {
  const { spec, network, readiness, plans, containers } = parts;
  const { hostProc } = parts.around.places;
  const commands = new Set<ChildProcess>();
  const running = (name: string) => runningContainer(parts, name);
  const charmPath = (path: string) => {
    const charm = plans.find(({ plan }) => plan.name === charmContainer);
    return charm === undefined ? path : pathInContainer(charm.plan.root, charm.plan.content, path);
  };
  return {
    spec,
    address: network.address,
    isReady: () => readiness.isReady(),
    isRunning: (name) => findContainer(parts, name)?.running() !== undefined,
    running,
    start: () => startContainers(parts),
    exec: (command) => {
      const child = execInContainer(running(command.container).init, command);
      if (command.container === charmContainer) remember(child, commands);
      return child;
    },
    charmPath,
    setAgentStarted: (started) => {
      if (started) writeFileSync(charmPath(agentStartedFile), '');
      else rmSync(charmPath(agentStartedFile), { force: true });
    },
    network,
    ...networkOperations(parts),
    end: async (graceMs, agent) => {
      readiness.end();
      for (const container of containers) container.stopRestarting();
      for (const container of containers) {
        if (container.plan.name === charmContainer) void endCharm(container, { hostProc, commands, agent });
        else container.running()?.signal('SIGTERM');
      }
      await endsWithin(Promise.all(containers.map(({ finished }) => finished)), graceMs);
      await removePod(parts);
    },
  };
}

function networkOperations({ network, node, containers }: PodParts) {
  let lost = false;
  const cutNetwork = async (neighbours: readonly PodNetwork[]) => {
    node.fellSilent();
    await network.cut(neighbours);
  };
  return {
    cutNetwork,
    mendNetwork: async () => {
      if (lost) throw new Error('cannot mend the network of a pod that was lost with its node');
      await network.mend();
      node.isBack();
    },
    lose: async (neighbours) => {
      lost = true;
      // First, or the kernel would tell the peers of processes that are killed.
      await cutNetwork(neighbours);
      await killAll(containers);
      await network.remove();
    },
    isLost: () => lost,
  } satisfies Partial<Pod>;
}

function findContainer({ containers }: PodParts, name: string): SupervisedContainer | undefined {
  return containers.find(({ plan }) => plan.name === name);
}

function runningContainer(pod: PodParts, name: string): RunningContainer {
  const found = findContainer(pod, name);
  if (found === undefined)
    throw new Error(`cannot find container ${name}: pod ${pod.spec.name} has none of that name`);
  const current = found.running();
  if (current === undefined)
    throw new Error(`cannot use container ${name} of pod ${pod.spec.name}: it is not running`);
  return current;
}

function remember(child: ChildProcess, commands: Set<ChildProcess>): void {
  commands.add(child);
  for (const end of ['exit', 'error']) child.once(end, () => commands.delete(child));
}

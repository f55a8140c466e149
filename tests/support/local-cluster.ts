import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Cluster,
  ClusterEvent,
  ContainerCommand,
  PodSpec,
} from '../../src/simulator/cluster/cluster.ts';
import { pebbleBinary } from './binaries.ts';

interface LocalPod {
  readonly spec: PodSpec;
  readonly folder: string;
  readonly address: string;
  readonly pebbles: Map<string, ChildProcess>;
  readonly commands: Set<ChildProcess>;
  agentStarted: boolean;
}

/** A local cluster, and a say in whether its pods become ready. */
export interface LocalCluster extends Cluster {
  /** Pods that start from now on stay unready until they are told to be ready. */
  holdReadiness(): void;
  makeReady(pod: string): void;
  /** Whether the agent of a pod said that it has started; false for a pod that is not there. */
  agentStarted(pod: string): boolean;
}

/**
 * A cluster without namespaces: charms and Pebbles are plain children, and a pod is a folder. Paths below
 * `/var/lib/juju` in a command are rewritten to that folder, so only charms that find all by environment run here.
 *
 * @param folder a short path, since unix sockets lie in it.
 */
export function createLocalCluster(folder: string): LocalCluster {
  const pods = new Map<string, LocalPod>();
  const services = new Map<string, readonly number[]>();
  const listeners: ((event: ClusterEvent) => void)[] = [];
  const emit = (event: ClusterEvent) => {
    for (const listener of listeners) listener(event);
  };
  let held = false;
  const makeReady = (pod: string) => {
    emit({ kind: 'readiness', pod, ready: true });
  };
  const podOf = (name: string): LocalPod => {
    const pod = pods.get(name);
    if (pod === undefined) throw new Error(`cannot find pod ${name}`);
    return pod;
  };
  const createPod = async (spec: PodSpec) => {
    const pod: LocalPod = {
      ...{ spec, folder: join(folder, spec.name), address: `10.1.0.${pods.size + 1}` },
      ...{ pebbles: new Map(), commands: new Set(), agentStarted: false },
    };
    await rm(pod.folder, { recursive: true, force: true });
    await cp(spec.charm, local(pod, charmPath(spec.unit)), { recursive: true });
    pods.set(spec.name, pod);
    for (const { name } of spec.containers) await startPebble(pod, name);
    if (!held) makeReady(spec.name);
  };
  const deletePod = async (name: string, graceMs: number, agent?: Promise<unknown>) => {
    const pod = podOf(name);
    const children = [...pod.pebbles.values(), ...pod.commands];
    for (const child of children) child.kill('SIGTERM');
    const grace = setTimeout(() => {
      for (const child of [...children, ...pod.commands]) child.kill('SIGKILL');
    }, graceMs);
    await Promise.all([agent, ...children.map(ended)]);
    clearTimeout(grace);
    pods.delete(name);
  };
  const killContainer = async (name: string, container: string) => {
    const pod = podOf(name);
    const pebble = pod.pebbles.get(container);
    const children = container === 'charm' ? [...pod.commands] : pebble === undefined ? [] : [pebble];
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(ended));
    emit({ kind: 'container-exited', pod: name, container });
    if (container !== 'charm') await startPebble(pod, container);
    emit({ kind: 'container-started', pod: name, container });
  };
  const losePod = async (name: string) => {
    const pod = podOf(name);
    const children = [...pod.pebbles.values(), ...pod.commands];
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(ended));
  };
  const noNetwork = () => Promise.reject(new Error('cannot cut a network: pods share that of this machine'));
  return {
    ...{ losePod, cutNetwork: noNetwork, mendNetwork: noNetwork },
    makeReady,
    agentStarted: (name) => pods.get(name)?.agentStarted ?? false,
    setAgentStarted: (name, started) => {
      podOf(name).agentStarted = started;
    },
    holdReadiness: () => {
      held = true;
    },
    createPod,
    deletePod,
    killContainer,
    exec: (command) => exec(podOf(command.pod), command),
    processes: () => Promise.resolve([]),
    signal: (pid, signal) => {
      process.kill(pid, signal);
    },
    applyService: ({ application, ports }) => {
      services.set(application, ports);
      return Promise.resolve();
    },
    deleteService: (application) => {
      services.delete(application);
      return Promise.resolve();
    },
    podAddress: (name) => pods.get(name)?.address,
    serviceAddress: (application) =>
      services.has(application) ? `10.152.183.${[...services.keys()].indexOf(application) + 20}` : undefined,
    charmPath: (name, path) => local(podOf(name), path),
    pebbleSocket: (name, container) => join(folder, name, container, 's'),
    onEvent: (listener) => {
      listeners.push(listener);
    },
    close: async () => {
      await Promise.all([...pods.keys()].map((name) => deletePod(name, 0)));
    },
  };
}

function charmPath(unit: string): string {
  return `/var/lib/juju/agents/unit-${unit.replace('/', '-')}/charm`;
}

function local({ folder }: LocalPod, path: string): string {
  return path.startsWith(folder) ? path : join(folder, path);
}

function exec(pod: LocalPod, command: ContainerCommand): ChildProcess {
  const rewrite = (text: string) => text.replaceAll('/var/lib/juju', join(pod.folder, 'var/lib/juju'));
  const [file = '', ...args] = command.argv.map(rewrite);
  const variables = Object.entries(command.environment).map(([name, value]) => [name, rewrite(value)]);
  const child = spawn(file, args, {
    cwd: rewrite(command.workingDirectory),
    env: Object.fromEntries(variables) satisfies Record<string, string>,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  pod.commands.add(child);
  child.once('close', () => pod.commands.delete(child));
  return child;
}

async function startPebble(pod: LocalPod, container: string): Promise<void> {
  const folder = join(pod.folder, container);
  await mkdir(folder, { recursive: true });
  const child = spawn(pebbleBinary(), ['run', '--create-dirs', '--hold'], {
    env: { PATH: '/usr/bin:/bin', PEBBLE: join(folder, 'p'), PEBBLE_SOCKET: join(folder, 's') },
    stdio: 'ignore',
  });
  pod.pebbles.set(container, child);
  await once(child, 'spawn');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

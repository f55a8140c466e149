import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { answersOn } from '../answers-on.ts';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toolPath, toolSearchPath } from '../launch/tool.ts';
import { makeContainerRoot } from './container-root.ts';
import type { Bind, RootContent } from './host-system.ts';
import { childrenOf, signalProcess } from './processes.ts';

/** A container as it is to be started, each time anew. */
export interface ContainerPlan {
  readonly pod: string;
  readonly name: string;
  /** Process that holds the pod's network namespace. */
  readonly network: number;
  /** Folder that becomes the container's root. */
  readonly root: string;
  readonly content: RootContent;
  /** Whether the root is read-only where nothing is mounted over it. */
  readonly readOnly: boolean;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Pebble's socket, as the simulator sees it: the container has started when it answers. */
  readonly socket: string;
  /** File that gets the output of Pebble and its services (Kubernetes: `kubectl logs`). */
  readonly log: string;
}

/** A container whose Pebble answers. */
export interface RunningContainer {
  /** PID 1 of the container, as the simulator numbers it. */
  readonly init: number;
  readonly exited: Promise<void>;
  /** Signals PID 1; SIGKILL ends every process of the container. */
  signal(signal: NodeJS.Signals): void;
}

const initScript = join(import.meta.dirname, 'container-init.sh');
/** How long Pebble may take to answer on its socket, in ms; a busy machine needs some seconds. */
const startLimit = 30_000;

/** Starts a container with a fresh file system and waits until its Pebble answers. */
export async function startContainer(plan: ContainerPlan): Promise<RunningContainer> {
  const purpose = `cannot start container ${plan.name} of pod ${plan.pod}`;
  const binds = makeContainerRoot(plan.root, plan.content);
  rmSync(plan.socket, { force: true });
  const { child, exited } = spawnContainer(plan, binds);
  const failure = exited.then(() => {
    throw new Error(`${purpose}: ${lastLines(plan.log)}`);
  });
  try {
    await Promise.race([answering(plan.socket, exited), failure]);
    const init = childrenOf(child.pid ?? 0)[0];
    if (init === undefined) throw new Error(`${purpose}: ${lastLines(plan.log)}`);
    return {
      init,
      exited,
      signal: (signal) => {
        signalProcess(init, signal);
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
}

function spawnContainer(
  plan: ContainerPlan,
  binds: readonly Bind[],
): { child: ChildProcess; exited: Promise<void> } {
  const namespaces = ['--mount', '--pid', '--uts', '--fork', '--kill-child'];
  const mounts = binds.flatMap(({ source, target, writable }) => [
    writable === true ? 'rw' : 'ro',
    source,
    target,
  ]);
  const environment = Object.entries(plan.environment).map(([name, value]) => `${name}=${value}`);
  mkdirSync(dirname(plan.log), { recursive: true });
  const log = openSync(plan.log, 'a');
  const child = spawn(
    toolPath('nsenter'),
    [
      ...[`--net=/proc/${plan.network}/ns/net`, toolPath('unshare'), ...namespaces],
      ...[toolPath('sh'), initScript, plan.pod, plan.root, plan.readOnly ? 'ro' : 'rw', ...mounts, '--'],
      ...[toolPath('env'), '-i', ...environment, toolPath('chroot'), plan.root, ...plan.command],
    ],
    { stdio: ['ignore', log, log], env: { PATH: toolSearchPath() } },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => {
      resolve();
    });
    child.once('exit', () => {
      resolve();
    });
  });
  return { child, exited };
}

/** Waits until Pebble accepts a connection, or the container has ended. */
async function answering(socket: string, exited: Promise<void>): Promise<void> {
  const deadline = Date.now() + startLimit;
  const state = { over: false };
  void exited.then(() => {
    state.over = true;
  });
  while (!(await answersOn(socket))) {
    if (state.over) return;
    if (Date.now() > deadline)
      throw new Error(`cannot reach Pebble at ${socket}: no answer in ${startLimit} ms`);
    await delay(20);
  }
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-5).join(' | ') || 'it ended without a word';
}

import type { ChildProcess } from 'node:child_process';

/** A mount of a storage's directory into a container. */
export interface VolumeMount {
  /** Directory in the simulator's state folder that outlives the pod (Juju: a PVC per storage and unit). */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  /** Size of the volume; undefined leaves it as large as the disk. */
  readonly sizeMiB?: number | undefined;
}

/** One workload container; Pebble is its PID 1 (juju.md section 6). */
export interface ContainerSpec {
  readonly name: string;
  /** Image reference such as `grafana/mimir:3.0.5`; `images.ts` says what its file system holds. */
  readonly image: string;
  /**
   * User of the container; root if left out. Where the simulator runs there may be no other users, so what another one
   * could not write is read-only instead.
   */
  readonly uid?: number | undefined;
  readonly mounts: readonly VolumeMount[];
}

/** What the cluster makes of a unit. */
export interface PodSpec {
  /** `<application>-<ordinal>`: the pod's name and host name. */
  readonly name: string;
  readonly application: string;
  readonly unit: string;
  /** Folder of the charm as deployed; copied into the pod, since it lives in an emptyDir. */
  readonly charm: string;
  readonly containers: readonly ContainerSpec[];
  readonly charmMounts: readonly VolumeMount[];
}

/** A command to be run in a container. */
export interface ContainerCommand {
  readonly pod: string;
  /** A workload container's name, or `charm`. */
  readonly container: string;
  readonly argv: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

/** A process in a container, by two of its three numbers; the third is the container's own, where PID 1 is Pebble. */
export interface ContainerProcess {
  /** For `kill` on the host, and under the host's `/proc`. */
  readonly hostPid: number;
  /** For {@link Cluster.signal}, and under the simulator's `/proc`. */
  readonly pid: number;
  readonly command: readonly string[];
}

/** Something the cluster saw by itself. */
export type ClusterEvent =
  | { readonly kind: 'container-started'; readonly pod: string; readonly container: string }
  | { readonly kind: 'container-exited'; readonly pod: string; readonly container: string }
  | { readonly kind: 'readiness'; readonly pod: string; readonly ready: boolean };

/** A Service `<application>`: the stable address that balances over the application's ready pods. */
export interface ServiceSpec {
  readonly application: string;
  /** TCP ports opened by the application's units. */
  readonly ports: readonly number[];
}

/** The small Kubernetes of the simulator: pods, containers, readiness, services and names. */
export interface Cluster {
  /** Starts a pod: its network namespace, its file systems, Pebble in each workload container. */
  createPod(spec: PodSpec): Promise<void>;
  /**
   * SIGTERM to all workload containers and to the commands of the charm container together, SIGKILL after `graceMs`;
   * the volumes stay. The charm container lives, and takes commands such as the `stop` hook, until `agent` has settled
   * and its commands have ended. Resolves when all is gone.
   */
  deletePod(pod: string, graceMs: number, agent?: Promise<unknown>): Promise<void>;
  /**
   * Drops every packet from and to a pod, as when its node is cut off. Its processes go on, and so do the kubelet's
   * probes; the pod counts as ready until the control plane has waited long enough for its node.
   */
  cutNetwork(pod: string): Promise<void>;
  mendNetwork(pod: string): Promise<void>;
  /**
   * A pod's node is lost: its processes and its address are gone at once, and nobody is told. The pod is still there, as
   * far as the control plane knows, until it is deleted.
   */
  losePod(pod: string): Promise<void>;
  /** `kill -9` of a container's PID 1; the cluster starts the container again, as the kubelet does. */
  killContainer(pod: string, container: string): Promise<void>;
  /**
   * Starts a process in a container, with pipes for its standard streams (stdin is /dev/null). The child ends as the
   * process does, and its `kill` signals the process. Throws while the container is not running.
   */
  exec(command: ContainerCommand): ChildProcess;
  /** Processes of a workload container, its PID 1 first; none while it does not run. */
  processes(pod: string, container: string): Promise<readonly ContainerProcess[]>;
  /** Signals a process by the number that the simulator's PID namespace gives it. */
  signal(pid: number, signal: NodeJS.Signals): void;
  /**
   * What a pod's agent answers to its readiness probe: whether the charm has started since the agent did. A pod's agent
   * has not, until this is called.
   */
  setAgentStarted(pod: string, started: boolean): void;
  /** Makes the Service of an application, or changes its ports. */
  applyService(spec: ServiceSpec): Promise<void>;
  deleteService(application: string): Promise<void>;
  /** The pod's address, or undefined while it has none. */
  podAddress(pod: string): string | undefined;
  /** The Service's cluster address, or undefined while there is no such Service. */
  serviceAddress(application: string): string | undefined;
  /** Path, as the simulator's own processes see it, of a file of the charm container. */
  charmPath(pod: string, path: string): string;
  /** Path, as the simulator's own processes see it, of a workload container's Pebble socket. */
  pebbleSocket(pod: string, container: string): string;
  onEvent(listener: (event: ClusterEvent) => void): void;
  /** Ends every pod and service at once. */
  close(): Promise<void>;
}

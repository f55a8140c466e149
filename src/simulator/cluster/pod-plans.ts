import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { agentLayer } from './agent-probe.ts';
import type { PodSpec } from './cluster.ts';
import type { ContainerPlan } from './container.ts';
import { hostSystem, simulatorPrograms, type Bind } from './host-system.ts';
import { findImage, type ClusterBinaries } from './images.ts';
import { nameServerAddress } from './network.ts';
import type { PodNetwork } from './pod-network.ts';
import { clusterDomain, searchDomains } from './names.ts';
import { volumeBind } from './volumes.ts';

/** What all pods of a cluster have in common. */
export interface ClusterPlaces {
  readonly model: string;
  /** Folder in the simulator's private tmpfs: short, for unix sockets. */
  readonly short: string;
  /** The host's view of /proc. */
  readonly hostProc: string;
  /** Folder on disk: volumes, copies of charms, logs. */
  readonly stateDir: string;
  readonly binaries: ClusterBinaries;
  /** Divides the periods of Juju's own checks. */
  readonly speed: number;
}

/** Name of the container that the charm runs in. */
export const charmContainer = 'charm';

/** Port of the health endpoint of the charm container's Pebble; the workloads' follow, by name (Juju: 38812, 38813+i). */
const firstHealthPort = 38_812;

/** A container to be started, and where its probes go. */
export interface PlannedContainer {
  readonly plan: ContainerPlan;
  readonly healthPort: number;
}

/** The folders of a pod: what lives as long as the pod does (Juju: an emptyDir), and the charm's copy. */
export function podFolders(places: ClusterPlaces, pod: string) {
  const short = join(places.short, 'pods', pod);
  const onDisk = join(places.stateDir, 'pods', pod);
  return {
    short,
    onDisk,
    containers: join(short, 'containers'),
    juju: join(short, 'juju'),
    charm: join(onDisk, 'charm'),
  };
}

/** Plans of a pod's containers, the charm's first, then the workloads' by name. */
export function planContainers(
  places: ClusterPlaces,
  spec: PodSpec,
  network: PodNetwork,
): readonly PlannedContainer[] {
  const workloads = spec.containers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const plans = [
    planCharm(places, spec, network),
    ...workloads.map((container, index) => planWorkload(places, spec, { container, index, network })),
  ];
  return plans.map((plan, index) => ({ plan, healthPort: firstHealthPort + index }));
}

function planCharm(places: ClusterPlaces, spec: PodSpec, network: PodNetwork): ContainerPlan {
  const folders = podFolders(places, spec.name);
  const system = hostSystem();
  const charmFolder = `/var/lib/juju/agents/unit-${spec.unit.replace('/', '-')}/charm`;
  const binds: Bind[] = [
    ...simulatorPrograms(),
    { source: places.binaries.pebble, target: '/charm/bin/pebble' },
    { source: folders.containers, target: '/charm/containers', writable: true },
    { source: folders.juju, target: '/var/lib/juju', writable: true },
    { source: folders.charm, target: charmFolder, writable: true },
  ];
  const common = commonPlan(places, spec, { name: charmContainer, network });
  return {
    ...common,
    readOnly: false,
    content: {
      links: system.links,
      files: {
        ...system.files,
        ...nameFiles(places.model, spec, network.address),
        ...agentLayer(places.speed),
      },
      binds: [...system.binds, ...binds, ...spec.charmMounts.map(volumeBind)],
    },
    command: ['/charm/bin/pebble', 'run', '--create-dirs', '--http', `:${firstHealthPort}`, '--verbose'],
    environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/charm/bin' },
    socket: join(common.root, 'var/lib/pebble/default/.pebble.socket'),
  };
}

function planWorkload(
  places: ClusterPlaces,
  spec: PodSpec,
  at: { container: PodSpec['containers'][number]; index: number; network: PodNetwork },
): ContainerPlan {
  const { name, image: reference, mounts, uid = 0 } = at.container;
  const image = findImage(reference, places.binaries);
  const shared = join(podFolders(places, spec.name).containers, name);
  mkdirSync(shared, { recursive: true });
  const binds: Bind[] = [
    { source: places.binaries.pebble, target: '/charm/bin/pebble' },
    { source: shared, target: '/charm/container', writable: true },
  ];
  const common = commonPlan(places, spec, { name, network: at.network });
  const own = uid === 0 ? [] : worldWritable.map((path) => ownFolder(common.root, path));
  const http = `:${firstHealthPort + 1 + at.index}`;
  return {
    ...common,
    content: {
      links: image.links,
      files: { ...image.files, ...nameFiles(places.model, spec, at.network.address) },
      binds: [...own, ...image.binds, ...binds, ...mounts.map(volumeBind)],
    },
    readOnly: uid !== 0,
    command: ['/charm/bin/pebble', 'run', '--create-dirs', '--hold', '--http', http, '--verbose'],
    environment: {
      HOSTNAME: spec.name,
      HOME: '/root',
      ...image.environment,
      JUJU_CONTAINER_NAME: name,
      PEBBLE_SOCKET: '/charm/container/pebble.socket',
      PEBBLE: '/charm/container/pebble',
      PEBBLE_COPY_ONCE: '/var/lib/pebble/default',
    },
    socket: join(shared, 'pebble.socket'),
  };
}

function commonPlan(places: ClusterPlaces, spec: PodSpec, at: { name: string; network: PodNetwork }) {
  return {
    pod: spec.name,
    name: at.name,
    network: at.network.holder,
    root: join(podFolders(places, spec.name).short, 'roots', at.name),
    log: join(places.stateDir, 'logs', `${spec.name}.${at.name}.log`),
  };
}

/** The files that the kubelet writes into every container. */
function nameFiles(
  model: string,
  { name, application }: PodSpec,
  address: string,
): Readonly<Record<string, string>> {
  const host = `${name}.${application}-endpoints.${model}.svc.${clusterDomain}`;
  const search = searchDomains(model).join(' ');
  return {
    '/etc/hostname': `${name}\n`,
    '/etc/hosts': `127.0.0.1\tlocalhost\n::1\tlocalhost\n${address}\t${host}\t${name}\n`,
    '/etc/resolv.conf': `search ${search}\nnameserver ${nameServerAddress}\noptions ndots:5\n`,
  };
}

/** Folders of a container's root that every user may write. */
const worldWritable = ['/tmp', '/dev'] as const;

/** Mounted over itself, a folder does not become read-only with the root. */
function ownFolder(root: string, path: string): Bind {
  return { source: join(root, path), target: path, writable: true };
}

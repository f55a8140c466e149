import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runTool, toolPath } from '../launch/tool.ts';

/** Address of the bridge, the pods' default route. */
const gateway = '10.1.0.1';

/** Address of the cluster's name server (MicroK8s and many others give CoreDNS the tenth one). */
export const nameServerAddress = '10.152.183.10';

/** A pod's network namespace, which lives as long as its holder process does. */
export interface PodNetwork {
  readonly address: string;
  /** Number of the process that holds the network namespace (Kubernetes: the pause container). */
  readonly holder: number;
  remove(): Promise<void>;
}

/** The cluster's network: 10.1.0.0/16 for pods on a bridge, 10.152.183.0/24 for Services on the bridge's side. */
export interface Network {
  addPod(): Promise<PodNetwork>;
  addServiceAddress(): Promise<string>;
  removeServiceAddress(address: string): Promise<void>;
}

/** Address of the n-th pod, counted from 0: never used again, since a pod that comes back has a new one. */
export function podAddressAt(index: number): string {
  const number = index + 2;
  if (number >= 0xffff) throw new Error('cannot give the pod an address: 10.1.0.0/16 is used up');
  return `10.1.${number >> 8}.${number & 0xff}`;
}

/** Address of the n-th Service, counted from 0. */
export function serviceAddressAt(index: number): string {
  if (index + 11 > 254) throw new Error('cannot give the Service an address: 10.152.183.0/24 is used up');
  return `10.152.183.${index + 11}`;
}

/** Makes the bridge in the network namespace of this process. */
export async function createNetwork(): Promise<Network> {
  await ip('make the bridge', [
    'link set lo up',
    'link add br0 type bridge',
    `addr add ${gateway}/16 dev br0`,
    'link set br0 up',
    `addr add ${nameServerAddress}/32 dev lo`,
  ]);
  let pods = 0;
  let services = 0;
  return {
    addPod: () => addPod(pods++),
    addServiceAddress: async () => {
      const address = serviceAddressAt(services++);
      await ip('give the Service an address', [`addr add ${address}/32 dev lo`]);
      return address;
    },
    removeServiceAddress: (address) =>
      ip("take the Service's address away", [`addr del ${address}/32 dev lo`]),
  };
}

async function addPod(index: number): Promise<PodNetwork> {
  const address = podAddressAt(index);
  const link = `pod${index}`;
  const holder = spawn(
    toolPath('unshare'),
    ['--net', toolPath('sh'), '-c', 'echo; exec "$0"', toolPath('cat')],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => {
    holder.once('error', () => {
      resolve();
    });
    holder.once('close', () => {
      resolve();
    });
  });
  await Promise.race([once(holder.stdout, 'data'), ended]);
  const pid = holder.pid;
  if (pid === undefined || holder.exitCode !== null) {
    throw new Error('cannot make the network namespace of a pod: unshare --net failed');
  }
  const remove = async () => {
    holder.kill('SIGKILL');
    await ended;
  };
  try {
    await ip('link the pod to the bridge', [
      `link add ${link} type veth peer name eth0 netns ${pid}`,
      `link set ${link} master br0 up`,
    ]);
    const inPod = ['link set lo up', `addr add ${address}/16 dev eth0`, 'link set eth0 up'];
    await ipInPod(pid, [...inPod, `route add default via ${gateway}`]);
  } catch (error) {
    await remove();
    throw error;
  }
  return { address, holder: pid, remove };
}

async function ip(purpose: string, lines: readonly string[]): Promise<void> {
  await runTool(`${purpose} (${lines.join('; ')})`, ['ip', '-batch', '-'], lines.join('\n'));
}

async function ipInPod(holder: number, lines: readonly string[]): Promise<void> {
  await runTool(
    `set up the pod's network (${lines.join('; ')})`,
    ['nsenter', `--net=/proc/${holder}/ns/net`, toolPath('ip'), '-batch', '-'],
    lines.join('\n'),
  );
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runTool, toolPath } from '../launch/tool.ts';

/** A pod's network namespace, which lives as long as its holder process does. */
export interface PodNetwork {
  readonly address: string;
  /** Number of the process that holds the network namespace (Kubernetes: the pause container). */
  readonly holder: number;
  /** Drops every packet from and to the pod, of connections that exist too; nobody is told (`neighbours`: all who might ask). */
  cut(neighbours: readonly PodNetwork[]): Promise<void>;
  /** Lets the packets through again. */
  mend(): Promise<void>;
  remove(): Promise<void>;
}

/** What a pod is linked to. */
export interface Bridge {
  readonly name: string;
  /** Address of the bridge, the pods' default route. */
  readonly gateway: string;
}

/** Makes a pod's network namespace and links it to the bridge; `link` is the name of the bridge's end. */
export async function makePodNetwork(bridge: Bridge, link: string, address: string): Promise<PodNetwork> {
  const { holder, remove } = await startHolder();
  try {
    await ip('link the pod to the bridge', [
      `link add ${link} type veth peer name eth0 netns ${holder}`,
      `link set ${link} master ${bridge.name} up`,
    ]);
    await ipInPod(holder, [
      ...[
        'link set lo up',
        `link set eth0 address ${linkAddress(address)}`,
        `addr add ${address}/16 dev eth0`,
      ],
      ...['link set eth0 up', `route add default via ${bridge.gateway}`],
    ]);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    ...{ address, holder, remove },
    cut: async (neighbours) => {
      // Between nodes packets just vanish: on one bridge a link address that nobody tells any more would be an error soon.
      const others = [bridge.gateway, ...neighbours.map((neighbour) => neighbour.address)];
      await ipInPod(
        holder,
        others.map((other) => knownNeighbour(other, 'eth0')),
      );
      await Promise.all(neighbours.map((each) => ipInPod(each.holder, [knownNeighbour(address, 'eth0')])));
      await ip('cut the pod off', [knownNeighbour(address, bridge.name), `link set ${link} down`]);
    },
    mend: () => ip('let the pod into the network again', [`link set ${link} up`]),
  };
}

/** Link address of an interface, from its address: it is known without asking. */
export function linkAddress(address: string): string {
  return ['02', '00', ...address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))].join(
    ':',
  );
}

/** Runs lines of ip(8) in the simulator's own network namespace. */
export async function ip(purpose: string, lines: readonly string[]): Promise<void> {
  await runTool(`${purpose} (${lines.join('; ')})`, ['ip', '-batch', '-'], lines.join('\n'));
}

/** A neighbour whose link address is not asked for, and not forgotten when a link goes down. */
function knownNeighbour(address: string, device: string): string {
  return `neigh replace ${address} lladdr ${linkAddress(address)} dev ${device} nud permanent`;
}

async function ipInPod(holder: number, lines: readonly string[]): Promise<void> {
  await runTool(
    `set up the pod's network (${lines.join('; ')})`,
    ['nsenter', `--net=/proc/${holder}/ns/net`, toolPath('ip'), '-batch', '-'],
    lines.join('\n'),
  );
}

async function startHolder(): Promise<{ holder: number; remove: () => Promise<void> }> {
  const child = spawn(
    toolPath('unshare'),
    ['--net', toolPath('sh'), '-c', 'echo; exec "$0"', toolPath('cat')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => {
    for (const end of ['error', 'close'])
      child.once(end, () => {
        resolve();
      });
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  if (child.pid === undefined || child.exitCode !== null) {
    throw new Error('cannot make the network namespace of a pod: unshare --net failed');
  }
  const remove = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { holder: child.pid, remove };
}

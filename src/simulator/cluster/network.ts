import { ip, linkAddress, makePodNetwork, type PodNetwork } from './pod-network.ts';

/** Address of the bridge, the pods' default route. */
const bridge = { name: 'br0', gateway: '10.1.0.1' } as const;

/** Address of the cluster's name server (MicroK8s and many others give CoreDNS the tenth one). */
export const nameServerAddress = '10.152.183.10';

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
  const { name, gateway } = bridge;
  await ip('make the bridge', [
    'link set lo up',
    `link add ${name} address ${linkAddress(gateway)} type bridge`,
    `addr add ${gateway}/16 dev ${name}`,
    `link set ${name} up`,
    `addr add ${nameServerAddress}/32 dev lo`,
  ]);
  let pods = 0;
  let services = 0;
  return {
    addPod: () => {
      const index = pods++;
      return makePodNetwork(bridge, `pod${index}`, podAddressAt(index));
    },
    addServiceAddress: async () => {
      const address = serviceAddressAt(services++);
      await ip('give the Service an address', [`addr add ${address}/32 dev lo`]);
      return address;
    },
    removeServiceAddress: (address) =>
      ip("take the Service's address away", [`addr del ${address}/32 dev lo`]),
  };
}

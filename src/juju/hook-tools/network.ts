import * as z from 'zod/mini';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, readJson } from './run.ts';

/** A unit's addresses for a binding. */
export interface Network {
  /** The pod's addresses. */
  readonly bindAddresses: readonly string[];
  /** Where others reach it: on Kubernetes the Service's cluster IP, or the pod's before there is one. */
  readonly ingressAddresses: readonly string[];
  /** Where its own traffic comes from, in CIDR notation. */
  readonly egressSubnets: readonly string[];
}

/** The unit's network. */
export interface NetworkTools {
  /** Addresses for an endpoint of the charm's metadata. */
  networkGet(binding: string): Promise<Network>;
  /** The unit's address as Juju lists it; undefined as long as there is none, as of the public one on most clusters. */
  unitAddress(scope: 'private' | 'public'): Promise<string | undefined>;
}

const texts = () =>
  z.pipe(
    z.nullish(z.array(z.string())),
    z.transform((list) => list ?? []),
  );
const interfaces = () =>
  z.array(z.object({ addresses: z.nullish(z.array(z.object({ value: z.string() }))) }));
const network = () =>
  z.pipe(
    z.object({
      'bind-addresses': z.nullish(interfaces()),
      'ingress-addresses': texts(),
      'egress-subnets': texts(),
    }),
    z.transform((answer): Network => {
      const addresses = (answer['bind-addresses'] ?? []).flatMap((bound) => bound.addresses ?? []);
      return {
        bindAddresses: addresses.map((address) => address.value),
        ingressAddresses: answer['ingress-addresses'],
        egressSubnets: answer['egress-subnets'],
      };
    }),
  );

/** Juju: jujuc/unit-get.go. */
const noAddress = /(private|public) address not found/;

/** Tools of the network family over `transport`. */
export function createNetworkTools(transport: HookToolTransport): NetworkTools {
  return {
    networkGet: (binding) =>
      readJson(
        transport,
        { tool: 'network-get', args: [asJson, binding] },
        { schema: network(), absent: { bindAddresses: [], ingressAddresses: [], egressSubnets: [] } },
      ),
    unitAddress: (scope) =>
      readJson(
        transport,
        { tool: 'unit-get', args: [asJson, `${scope}-address`] },
        {
          schema: z.optional(z.string()),
          absent: undefined,
          expected: { failure: noAddress, value: undefined },
        },
      ),
  };
}

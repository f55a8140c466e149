import type { Databag } from '../juju/databag.ts';

/** The keys of our app bag; the other side writes nothing. */
export const keys = { providerApp: ['direct_url', 'ingress_url'] } as const;

/** Base URLs of Prometheus's API, to which clients add `/api/v1/…`. */
export interface ApiUrls {
  /** Inside the Kubernetes cluster. */
  readonly direct: string;
  /** Through an ingress; undefined if there is none. */
  readonly ingress: string | undefined;
}

/** What our leader publishes: raw URLs. */
export function publish({ direct, ingress }: ApiUrls): Databag {
  return { direct_url: direct, ...(ingress === undefined ? {} : { ingress_url: ingress }) };
}

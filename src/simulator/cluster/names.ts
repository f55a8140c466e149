/** What has a name in the cluster. */
export interface NamedWorld {
  readonly model: string;
  readonly pods: readonly { readonly name: string; readonly application: string; readonly address: string }[];
  readonly services: readonly { readonly application: string; readonly address: string }[];
}

/** Domain of the cluster; a real one may have another, which a charm reads from `resolv.conf`. */
export const clusterDomain = 'cluster.local';

/** Domains that short names are completed with (Kubernetes: `dnsPolicy: ClusterFirst`). */
export function searchDomains(model: string): readonly string[] {
  return [`${model}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
}

/**
 * Addresses by full name, in lower case: each Service; each headless Service `<app>-endpoints` with all its pods, the
 * ones that are not ready too (Juju: `publishNotReadyAddresses`); each pod below it.
 */
export function nameRecords({ model, pods, services }: NamedWorld): ReadonlyMap<string, readonly string[]> {
  const [domain] = searchDomains(model);
  const records = new Map<string, readonly string[]>();
  for (const { application, address } of services) records.set(`${application}.${domain ?? ''}`, [address]);
  for (const { name, application, address } of pods) {
    const headless = `${application}-endpoints.${domain ?? ''}`;
    records.set(headless, [...(records.get(headless) ?? []), address]);
    records.set(`${name}.${headless}`, [address]);
  }
  return records;
}

/** Addresses of a name as a container's resolver finds them: the name as it is, else completed. */
export function resolveName(
  records: ReadonlyMap<string, readonly string[]>,
  name: string,
  model: string,
): readonly string[] | undefined {
  const lower = name.toLowerCase().replace(/\.$/, '');
  return [lower, ...searchDomains(model).map((domain) => `${lower}.${domain}`)]
    .map((candidate) => records.get(candidate))
    .find((addresses) => addresses !== undefined);
}

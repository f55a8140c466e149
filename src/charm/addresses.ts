import type { UnitIdentity } from './snapshot.ts';
import { ports } from '../mimir/ports.ts';

/**
 * The cluster's DNS domain, from the text of a pod's resolv.conf.
 * Kubernetes: a pod's search list holds `<namespace>.svc.<domain>`, `svc.<domain>` and `<domain>`.
 */
export function clusterDomain(resolvConf: string): string {
  const searched = /^search\s+(.*)$/m.exec(resolvConf)?.[1]?.trim().split(/\s+/) ?? [];
  const services = searched.find((domain) => domain.startsWith('svc.'));
  return services?.slice('svc.'.length).replace(/\.$/, '') ?? 'cluster.local';
}

/** What Mimir's port for HTTP speaks. */
export type Scheme = 'http' | 'https';

/** The name of the application's Service. */
export function applicationHostname({ application, model, clusterDomain }: UnitIdentity): string {
  return `${application}.${model}.svc.${clusterDomain}`;
}

/** The one URL of the whole application: its Service balances over the units that are ready. */
export function applicationUrl(identity: UnitIdentity, scheme: Scheme): string {
  return `${scheme}://${applicationHostname(identity)}:${ports.http}`;
}

/** The name under which other pods find this unit, also while it is not ready. */
export function unitHostname(identity: UnitIdentity): string {
  return `${podName(identity.unit)}.${unitsHostname(identity)}`;
}

/** The name under which all units are found, also those that are not ready. */
export function unitsHostname({ application, model, clusterDomain }: UnitIdentity): string {
  return `${application}-endpoints.${model}.svc.${clusterDomain}`;
}

/** Kubernetes: a StatefulSet's pod has the ordinal of Juju's unit, and keeps its name for ever. */
export function podName(unit: string): string {
  return unit.replace('/', '-');
}

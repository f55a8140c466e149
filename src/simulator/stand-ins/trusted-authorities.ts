import { publish, read } from '../../interfaces/certificate-transfer.ts';
import type { Databag, Event, HookTools } from '../../juju/index.ts';
import { readAuthorities } from '../../x509/certificate.ts';
import type { Reading } from '../../x509/reading.ts';
import { blocked, liveRelations, remoteAppBag, type UnitStatus } from './run-dispatch.ts';

/** The endpoint of every stand-in that makes requests to others. */
const endpoint = 'receive-ca-cert';

/** The authorities that others tell a stand-in to trust; it trusts the machine's own besides. */
export interface TrustedAuthorities {
  /** In PEM, each once and sorted, since Juju keeps no order. */
  readonly certificates: readonly string[];
  /** The unit's status if there is a relation that cannot be read: nothing that it tells is trusted. */
  readonly problem: UnitStatus | undefined;
}

/** Tells every provider which version we understand, if this unit leads, and reads whom to trust. */
export async function takeAuthorities(event: Event, tools: HookTools): Promise<TrustedAuthorities> {
  const relations = await liveRelations(event, endpoint, tools);
  if (relations.length > 0 && (await tools.isLeader()))
    for (const id of relations) await tools.relationSet(id, { scope: 'app', values: publish() });
  return readAll(relations, tools);
}

/** Whom an action's requests trust, as {@link TrustedAuthorities} has it; what cannot be read, the unit's status says. */
export async function trustedCertificates(tools: HookTools): Promise<readonly string[]> {
  const { certificates } = await readAll(await tools.relationIds(endpoint), tools);
  return certificates;
}

async function readAll(relations: readonly number[], tools: HookTools): Promise<TrustedAuthorities> {
  const certificates = new Set<string>();
  const faults: string[] = [];
  for (const id of relations) {
    const told = await readRelation(id, tools);
    if (told.ok) for (const certificate of told.value) certificates.add(certificate);
    else faults.push(`relation ${id}: cannot read whom to trust: ${told.reason}`);
  }
  return {
    certificates: [...certificates].toSorted(),
    problem: faults.length > 0 ? blocked(faults.join('; ')) : undefined,
  };
}

async function readRelation(id: number, tools: HookTools): Promise<Reading<readonly string[]>> {
  const app = await remoteAppBag(id, tools);
  const units: Databag[] = [];
  for (const unit of await tools.relationUnits(id)) units.push((await tools.relationGet(id, { unit })) ?? {});
  const told = read({ app: app ?? {}, units });
  // All at once: in version 0 the chain may have the provider's own certificate as well, which is no one to trust.
  return told.ok && told.value.length > 0 ? readAuthorities(told.value.join('\n')) : told;
}

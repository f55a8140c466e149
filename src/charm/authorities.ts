import { keys, publish, read } from '../interfaces/certificate-transfer.ts';
import type { Databag } from '../juju/index.ts';
import { paths } from '../mimir/paths.ts';
import { readAuthorities } from '../x509/certificate.ts';
import { heldFile } from './held-file.ts';
import type { PlannedBag } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import { type RelationSnapshot, type Snapshot, unitBagsInOrder, writableRelations } from './snapshot.ts';

/** Authorities whose certificates Mimir takes for good, beside those of its image. */
export interface InterpretedAuthorities {
  /** Their certificates in PEM; empty for none. */
  readonly trusted: string;
  readonly problems: readonly Problem[];
}

/**
 * Reads the authorities that others would have us trust. As long as what one of them offers cannot be read, nothing
 * changes: to trust fewer might cut Mimir off from its object store.
 *
 * @param own - the authority of Mimir's own certificates in PEM, which often has signed its neighbours' as well; empty for
 * none.
 */
export function interpretAuthorities(
  snapshot: Pick<Snapshot, 'authorities' | 'workload'>,
  own: string,
): InterpretedAuthorities {
  const held = heldFile(snapshot, paths.trustedCa) ?? '';
  const found = new Set<string>(own === '' ? [] : [own]);
  const problems: Problem[] = [];
  for (const relation of snapshot.authorities.relations) {
    // What Juju does not let us read for a moment is as it was.
    if (relation.remoteAppBag === 'unobserved') return { trusted: held, problems: [] };
    const offered = authoritiesOf(relation, relation.remoteAppBag);
    if (typeof offered === 'string') problems.push(unreadable(relation, offered));
    else for (const certificate of offered) found.add(certificate);
  }
  const trusted = [...found].toSorted().join('');
  return { trusted: problems.length === 0 ? trusted : held, problems };
}

/** Certificates in PEM, each with a line feed at its end, or what is wrong with them. */
function authoritiesOf(relation: RelationSnapshot, app: Databag): readonly string[] | string {
  const told = read({ app, units: unitBagsInOrder(relation).map(([, bag]) => bag) });
  if (!told.ok) return told.reason;
  if (told.value.length === 0) return [];
  // All at once: in version 0 the chain may have the provider's own certificate as well, which is no one to trust.
  const parsed = readAuthorities(told.value.join('\n'));
  return parsed.ok ? parsed.value.map((pem) => `${pem.trim()}\n`) : parsed.reason;
}

function unreadable({ id }: RelationSnapshot, reason: string): Problem {
  const message = `The certificates that it offers cannot be used, so Mimir trusts whom it did; mend them there: ${briefly(reason)}.`;
  return { status: 'blocked', source: `receive-ca-cert:${id}`, message };
}

/** Plans what those are told who offer certificates: that we understand how they do it now. */
export function planAuthorityBags({ authorities }: Snapshot): readonly PlannedBag[] {
  return writableRelations(authorities).map((relationId) => ({
    ...{ relationId, scope: 'app', owned: keys.requirerApp },
    values: publish(),
  }));
}

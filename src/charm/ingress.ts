import { keys, publish, publishUnit, read } from '../interfaces/ingress.ts';
import { ports } from '../mimir/ports.ts';
import { applicationUrl, type Scheme, unitHostname } from './addresses.ts';
import type { Members } from './members.ts';
import type { PlannedBag } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import type { Snapshot } from './snapshot.ts';

/** Where Mimir is found. Base URLs, the same from every unit, without a slash at their ends. */
export interface InterpretedAddresses {
  readonly scheme: Scheme;
  /** Inside the Kubernetes cluster. */
  readonly application: string;
  /** Through the ingress; undefined if there is none. */
  readonly ingress: string | undefined;
  /** What others are told: that of the ingress if there is one. */
  readonly external: string;
  readonly problems: readonly Problem[];
}

/** Reads where Mimir is found. */
export function interpretAddresses(
  snapshot: Pick<Snapshot, 'identity' | 'ingress'>,
  { own }: Pick<Members, 'own'>,
  scheme: Scheme,
): InterpretedAddresses {
  const application = applicationUrl(snapshot.identity, scheme);
  const [relation] = snapshot.ingress.relations;
  const isOurs = (['http', 'https'] as const).some(
    (each) => own.url === applicationUrl(snapshot.identity, each),
  );
  const known = isOurs ? undefined : own.url;
  if (relation === undefined)
    return { scheme, application, ingress: undefined, external: application, problems: [] };
  // What Juju does not let us read is as it was (Juju: the other application's bag, while a unit departs).
  const offer =
    relation.remoteAppBag === 'unobserved'
      ? ({ ok: true, value: known } as const)
      : read(relation.remoteAppBag);
  const ingress = offer.ok ? offer.value : undefined;
  const problems = offer.ok ? [] : [unusable(offer.reason)];
  return { scheme, application, ingress, external: ingress ?? application, problems };
}

function unusable(reason: string): Problem {
  const message = `Its URL cannot be used, so others are told the one inside the cluster; mend it there: ${briefly(reason)}.`;
  return { status: 'active', source: 'ingress', message };
}

/** Plans what an ingress is told: it takes its own prefix off, since Mimir serves at the root whatever its URL is. */
export function planIngressBags(
  { identity, ingress, podAddress }: Snapshot,
  { scheme }: InterpretedAddresses,
): readonly PlannedBag[] {
  const { model, application } = identity;
  const backend = { model, application, port: ports.http, scheme, stripPrefix: true, healthPath: '/ready' };
  return ingress.relations.flatMap(({ id, appBag }): readonly PlannedBag[] => {
    const values = publishUnit(unitHostname(identity), podAddress);
    const unitBag: PlannedBag = { relationId: id, scope: 'unit', owned: keys.requirerUnit, values };
    if (appBag === 'unobserved') return [unitBag];
    return [unitBag, { relationId: id, scope: 'app', owned: keys.requirerApp, values: publish(backend) }];
  });
}

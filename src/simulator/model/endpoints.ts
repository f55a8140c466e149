import { applicationOf, relationsOf } from './access.ts';
import type { Endpoint, Role } from './charm.ts';
import { JujuError } from './errors.ts';
import type { Model, RelationEnd } from './records.ts';

/** Two ends that fit, with their interface. */
export interface EndpointPair {
  readonly interface: string;
  readonly ends: readonly [RelationEnd, RelationEnd];
}

type Candidate = Endpoint & { readonly application: string };

const counterpart: Readonly<Record<Role, Role | undefined>> = {
  ...{ provider: 'requirer', requirer: 'provider', peer: undefined },
};

/** Finds the two endpoints that `juju integrate A B` means; `A` is `app` or `app:endpoint`. */
export function resolveEndpoints(model: Model, names: readonly [string, string]): EndpointPair {
  const pairs = fittingPairs(model, names);
  const [pair, ...others] = pairs;
  if (pair === undefined) throw new JujuError('no relations found');
  if (others.length > 0) throw ambiguous(names, pairs);
  return pair;
}

/** Finds the relation that `juju remove-relation A B` means: of those that fit, the one that exists. */
export function findRelation(
  model: Model,
  [name, other]: readonly [string, string] | readonly [string],
): number {
  if (other === undefined) return findById(model, name);
  const names = [name, other] as const;
  const existing = fittingPairs(model, names).flatMap((pair) => {
    const id = existingRelation(model, pair);
    return id === undefined ? [] : [{ pair, id }];
  });
  const [found, ...others] = existing;
  if (found === undefined) throw new JujuError(`relation "${names.join(' ')}" not found`);
  if (others.length === 0) return found.id;
  throw ambiguous(
    names,
    existing.map(({ pair }) => pair),
  );
}

/** Refuses a relation that exists already or would pass an endpoint's `limit`. */
export function checkNewRelation(model: Model, pair: EndpointPair): void {
  const [a, b] = pair.ends;
  if (existingRelation(model, pair) !== undefined) {
    throw new JujuError(
      `cannot add relation "${describe(a)} ${describe(b)}": relation ${describe(a)} ${describe(b)} already exists`,
    );
  }
  for (const [end, other] of [
    [a, b],
    [b, a],
  ] as const) {
    checkLimit(model, end, other);
  }
}

function findById(model: Model, id: string): number {
  const relation = model.relations[Number(id)];
  if (relation === undefined) throw new JujuError(`relation ${id} not found`);
  const [first, second] = relation.ends;
  if (first !== undefined && second === undefined) {
    throw new JujuError(`relation "${describe(first)}" is a peer relation`);
  }
  return relation.id;
}

function existingRelation(model: Model, { ends }: EndpointPair): number | undefined {
  return relationsOf(model, ends[0].application).find((relation) => sameEnds(relation.ends, ends))?.id;
}

function fittingPairs(model: Model, names: readonly [string, string]): readonly EndpointPair[] {
  const [left, right] = [candidates(model, names[0]), candidates(model, names[1])];
  return left.flatMap((a) =>
    right
      .filter((b) => fits(a, b))
      .map((b): EndpointPair => ({ interface: a.interface, ends: [endOf(a), endOf(b)] })),
  );
}

function checkLimit(model: Model, end: RelationEnd, other: RelationEnd): void {
  const limit = applicationOf(model, end.application).charm.endpoints[end.endpoint]?.limit;
  const used = relationsOf(model, end.application).filter(({ ends }) =>
    ends.some(
      (candidate) => candidate.application === end.application && candidate.endpoint === end.endpoint,
    ),
  );
  if (limit === undefined || used.length < limit) return;
  throw new JujuError(
    `cannot add relation "${describe(end)} ${describe(other)}": establishing a new relation for ${describe(end)} would exceed its maximum relation limit of ${limit}`,
  );
}

function candidates(model: Model, name: string): Candidate[] {
  const [application = '', endpoint] = name.split(':');
  const { charm } = applicationOf(model, application);
  const all = Object.values(charm.endpoints).map((found) => ({ ...found, application }));
  if (endpoint === undefined) return all;
  const chosen = all.filter((found) => found.name === endpoint);
  if (chosen.length > 0) return chosen;
  throw new JujuError(`application "${application}" has no "${endpoint}" relation`);
}

function fits(a: Candidate, b: Candidate): boolean {
  return a.interface === b.interface && counterpart[a.role] === b.role && a.application !== b.application;
}

function endOf({ application, name, role }: Candidate): RelationEnd {
  return { application, endpoint: name, role };
}

function describe(end: RelationEnd): string {
  return `${end.application}:${end.endpoint}`;
}

function sameEnds(a: readonly RelationEnd[], b: readonly RelationEnd[]): boolean {
  return a.length === b.length && a.every((end) => b.some((other) => describe(other) === describe(end)));
}

function ambiguous(names: readonly [string, string], pairs: readonly EndpointPair[]): JujuError {
  const choices = pairs
    .map(({ ends: [a, b] }) => `"${describe(a)} ${describe(b)}"`)
    .sort()
    .join('; ');
  return new JujuError(`ambiguous relation: "${names.join(' ')}" could refer to ${choices}`);
}

import type { Known, RelationSnapshot, Snapshot } from './snapshot.ts';

/** Endpoints over which rules come. */
export const ruleEndpoints = ['receive-remote-write', 'receive-otlp'] as const;
/** An endpoint over which rules come. */
export type RuleEndpoint = (typeof ruleEndpoints)[number];

/** A relation to a sender of rules. */
export interface RuleSource extends RelationSnapshot {
  readonly endpoint: RuleEndpoint;
}

/** The senders of rules that were read, whichever way they send: relation ids are unique among all endpoints. */
export interface RuleSources {
  /** Relation ids that this event decides on; one of them without a relation below is gone. */
  readonly scope: 'all' | readonly number[];
  readonly relations: readonly RuleSource[];
}

/** Puts the senders of all endpoints into one list. Of one endpoint alone not all senders can be told to be there. */
export function ruleSources({
  senders,
  otlpSenders,
}: Pick<Snapshot, 'senders' | 'otlpSenders'>): Known<RuleSources> {
  const found = { 'receive-remote-write': senders, 'receive-otlp': otlpSenders };
  const known = ruleEndpoints.flatMap((endpoint) => {
    const read = found[endpoint];
    return read === 'unobserved' ? [] : [{ ...read, endpoint }];
  });
  if (known.length === 0) return 'unobserved';
  const relations = known.flatMap(({ endpoint, relations: own }) =>
    own.map((relation) => ({ ...relation, endpoint })),
  );
  const all = known.length === ruleEndpoints.length && known.every(({ scope }) => scope === 'all');
  if (all) return { scope: 'all', relations };
  const scope = known.flatMap(({ scope: ids, relations: own }) =>
    ids === 'all' ? own.map(({ id }) => id) : ids,
  );
  return { scope, relations };
}

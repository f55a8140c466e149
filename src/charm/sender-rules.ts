import { read } from '../interfaces/prometheus-remote-write.ts';
import { prepareRuleGroups } from '../mimir/rules.ts';
import type { SenderRules } from './charm-state.ts';
import { senderEndpoint } from './observe-juju.ts';
import type { Problem } from './problem.ts';
import type { SenderRelation, Snapshot } from './snapshot.ts';

/** Reads every sender's rules; what is broken in one drops that sender's share, with a warning that names it. */
export function interpretSenders({ senders, refusedRules }: Snapshot): {
  readonly rules: readonly SenderRules[];
  readonly problems: readonly Problem[];
} {
  const relations = senders === 'unobserved' ? [] : senders.relations;
  const rules: SenderRules[] = [];
  const problems: Problem[] = [];
  for (const relation of relations) {
    const share = readShare(relation, refusedRules.get(relation.id));
    if (share === undefined) continue;
    rules.push(share);
    if (share.error !== undefined) problems.push(warning(relation, share.error));
  }
  return { rules, problems };
}

function readShare(
  { id, remoteAppBag }: SenderRelation,
  refusal: string | undefined,
): SenderRules | undefined {
  if (remoteAppBag === 'unobserved') return undefined;
  if (refusal !== undefined) return { relationId: id, groups: [], error: refusal };
  const bag = read(remoteAppBag);
  if (!bag.ok) return { relationId: id, groups: [], error: bag.reason };
  const prepared = prepareRuleGroups(bag.value.groups);
  if ('problem' in prepared) return { relationId: id, groups: [], error: prepared.problem };
  return { relationId: id, groups: prepared.groups, error: undefined };
}

/** Mimir serves on without the sender's rules, so the unit stays active and says what is missing. */
function warning({ id, application }: SenderRelation, error: string): Problem {
  const sender = application ?? 'a sender';
  return {
    status: 'active',
    source: `${senderEndpoint}:${id}`,
    message: `The rules of ${sender} are left out until ${sender} mends them: ${error}`,
  };
}

import { readPeer } from '../interfaces/mimir-peers.ts';
import type { Databag } from '../juju/index.ts';
import { hashOf, sameConfig } from '../mimir/alertmanager-config.ts';
import { diffRuleGroups } from '../mimir/rule-diff.ts';
import { diffWorkload, type Patience } from './diff-workload.ts';
import type { Effect } from './effect.ts';
import { notedAlertmanagerConfig } from './leader-notes.ts';
import type { Plan, PlannedBag } from './plan.ts';
import { highest, type Problem, type ShownStatus } from './problem.ts';
import { type RelationSnapshot, type Snapshot, writableEndpoints } from './snapshot.ts';

type OwnBags = Pick<RelationSnapshot, 'id' | 'unitBag' | 'appBag'>;

/**
 * Finds the acts that turn the snapshot into the plan, in the order in which they must happen: key, files, layer,
 * replan, Mimir's API, databags, ports, version, status. Sections that were not observed yield nothing.
 */
export function diff(snapshot: Snapshot, plan: Plan, patience: Patience): readonly Effect[] {
  return [
    ...diffKey(snapshot, plan),
    ...diffWorkload(snapshot, plan, patience),
    ...diffRules(snapshot, plan),
    ...diffAlertmanagerConfig(snapshot, plan),
    ...(plan.bags === 'unobserved' ? [] : plan.bags.flatMap((bag) => diffBag(snapshot, bag))),
    ...diffPorts(snapshot, plan),
    ...(plan.version === 'unobserved' ? [] : [{ kind: 'set-version', version: plan.version } as const]),
    ...(plan.problems === 'unobserved' ? [] : diffStatus(snapshot, plan.problems)),
  ];
}

function diffKey(snapshot: Snapshot, { key, obsolete }: Plan): readonly Effect[] {
  const { unitKey } = snapshot;
  if (key !== 'unobserved') {
    if (key.kind === 'gone') return unitKey === undefined ? [] : [{ kind: 'remove-key' }];
    if (key.kind === 'renewed' && unitKey?.request === key.instead)
      return [{ kind: 'request-certificate', ...key.request }];
  }
  const remove: Effect[] = obsolete === undefined ? [] : [{ kind: 'remove-key-revision', ...obsolete }];
  return key !== 'unobserved' && key.kind === 'kept'
    ? [...remove, ...diffExpiry(snapshot, key.renewAt)]
    : remove;
}

/** The time that is in the peer bag already is one that Juju was told in the same hook; the bag is there from the first one on. */
function diffExpiry({ peers }: Snapshot, at: Date | undefined): readonly Effect[] {
  if (peers === undefined || at === undefined) return [];
  const known = readPeer(peers.unitBag).certificate?.renewAt;
  return known?.getTime() === at.getTime() ? [] : [{ kind: 'expire-request', at }];
}

function diffRules({ ruler }: Snapshot, { rules }: Plan): readonly Effect[] {
  if (rules === 'unobserved' || ruler === 'unobserved') return [];
  return diffRuleGroups(ruler, rules.wanted, rules.scope === 'all' ? undefined : new Set(rules.scope));
}

function diffAlertmanagerConfig(snapshot: Snapshot, plan: Plan): readonly Effect[] {
  const { alertmanagerConfig: held, peers } = snapshot;
  const { alertmanagerConfig: wanted } = plan;
  if (wanted === 'unobserved' || held === 'unobserved') return [];
  if (wanted !== 'ours-gone') {
    if (held !== undefined && sameConfig(held, wanted)) return [];
    return [{ kind: 'set-alertmanager-config', config: wanted }];
  }
  const ours = peers === undefined ? undefined : notedAlertmanagerConfig(peers.appBag);
  return held !== undefined && hashOf(held) === ours ? [{ kind: 'delete-alertmanager-config' }] : [];
}

function diffBag(snapshot: Snapshot, bag: PlannedBag): readonly Effect[] {
  const current = currentBag(snapshot, bag);
  const values = Object.fromEntries(
    bag.owned
      .map((key) => [key, bag.values[key] ?? ''] as const)
      .filter(([key, value]) => (current[key] ?? '') !== value),
  );
  if (Object.keys(values).length === 0) return [];
  return [{ kind: 'relation-set', relationId: bag.relationId, scope: bag.scope, values }];
}

function currentBag(snapshot: Snapshot, { relationId, scope }: PlannedBag): Databag {
  const { peers } = snapshot;
  const endpoints = writableEndpoints(snapshot);
  const relations = endpoints.flatMap((endpoint): readonly OwnBags[] => endpoint.relations);
  const relation = [...relations, ...(peers === undefined ? [] : [peers])].find(
    ({ id }) => id === relationId,
  );
  const bag = scope === 'unit' ? relation?.unitBag : relation?.appBag;
  return bag === undefined || bag === 'unobserved' ? {} : bag;
}

function diffPorts({ openedPorts }: Snapshot, { ports }: Plan): readonly Effect[] {
  if (ports === 'unobserved') return [];
  const open = ports.filter((port) => !openedPorts.includes(port));
  const close = openedPorts.filter((port) => !ports.includes(port));
  return [
    ...open.map((port) => ({ kind: 'open-port', port }) as const),
    ...close.map((port) => ({ kind: 'close-port', port }) as const),
  ];
}

function diffStatus(snapshot: Snapshot, problems: readonly Problem[]): readonly Effect[] {
  const wanted = highest(problems);
  const differs = (shown: ShownStatus | undefined) =>
    !(shown?.status === wanted.status && shown.message === wanted.message);
  const unit: Effect = { kind: 'set-status', application: false, ...wanted };
  const application: Effect = { kind: 'set-status', application: true, ...wanted };
  return [
    ...(differs(snapshot.unitStatus) ? [unit] : []),
    ...(snapshot.applicationStatus !== 'unobserved' && differs(snapshot.applicationStatus)
      ? [application]
      : []),
  ];
}

import { isDeepStrictEqual } from 'node:util';
import { diffRuleGroups } from '../mimir/rule-diff.ts';
import { paths } from '../mimir/paths.ts';
import type { FileToWrite } from '../pebble/index.ts';
import type { Effect } from './effect.ts';
import { hashVariable, layerLabel, serviceName } from './layer.ts';
import type { Plan, PlannedBag, PlannedWorkload } from './plan.ts';
import { highest, type Problem, type ShownStatus } from './problem.ts';
import type { Snapshot, Workload } from './snapshot.ts';

type Container = Extract<Workload, { reachable: true }>;

/** What `diff` may ask for. */
export interface Patience {
  /** Waiting for Mimir is still worth while in this dispatch. */
  readonly await: boolean;
}

/**
 * Finds the acts that turn the snapshot into the plan, in the order in which they must happen: files, layer,
 * replan, Mimir's API, databags, ports, version, status. Sections that were not observed yield nothing.
 */
export function diff(snapshot: Snapshot, plan: Plan, patience: Patience): readonly Effect[] {
  return [
    ...diffWorkload(snapshot, plan, patience),
    ...diffRules(snapshot, plan),
    ...(plan.bags === 'unobserved' ? [] : plan.bags.flatMap((bag) => diffBag(snapshot, bag))),
    ...diffPorts(snapshot, plan),
    ...(plan.version === 'unobserved' ? [] : [{ kind: 'set-version', version: plan.version } as const]),
    ...(plan.problems === 'unobserved' ? [] : diffStatus(snapshot, plan.problems)),
  ];
}

function diffWorkload({ workload }: Snapshot, plan: Plan, patience: Patience): readonly Effect[] {
  if (!workload.reachable || plan.workload === 'unobserved') return [];
  const files = diffFiles(workload, plan.workload);
  const layer = diffLayer(workload, plan.workload);
  const stop: readonly Effect[] =
    !plan.workload.run && workload.service === 'active'
      ? [{ kind: 'stop-service', service: serviceName }]
      : [];
  const replan: Effect = { kind: 'replan' };
  return [...files, ...layer, ...stop, replan, ...awaitMimir(workload, plan.workload, { patience, layer })];
}

function diffFiles(workload: Container, planned: PlannedWorkload): readonly Effect[] {
  const { files } = planned;
  const changed = [...files].filter(([path, { content }]) => workload.files.get(path) !== content);
  const pushed: FileToWrite[] = changed.flatMap(([path, { content, permissions }]) =>
    content === undefined ? [] : [{ path, content, permissions, makeDirs: true }],
  );
  const removed = changed.flatMap(([path, { content }]): Effect[] =>
    content === undefined ? [{ kind: 'remove-file', path }] : [],
  );
  const first = pushed.some(({ path }) => path === paths.config) ? validateConfig(workload, planned) : [];
  const push: Effect[] = pushed.length === 0 ? [] : [{ kind: 'push-files', files: pushed }];
  return [...first, ...push, ...removed];
}

/** Mimir's own binary validates a configuration that it has not run with before. */
function validateConfig(workload: Container, { files, layer }: PlannedWorkload): readonly Effect[] {
  const content = files.get(paths.config)?.content ?? '';
  const hash = layer.services?.[serviceName]?.environment?.[hashVariable] ?? '';
  const known = workload.files.get(paths.lastGood.config) === content;
  return known ? [] : [{ kind: 'validate-config', content, hash }];
}

function diffLayer({ plan }: Container, { layer }: PlannedWorkload): readonly Effect[] {
  const same =
    isDeepStrictEqual(plan.services[serviceName], layer.services?.[serviceName]) &&
    isDeepStrictEqual(plan.checks, layer.checks);
  return same ? [] : [{ kind: 'add-layer', label: layerLabel, layer }];
}

interface Started {
  readonly patience: Patience;
  readonly layer: readonly Effect[];
}

function awaitMimir(workload: Container, planned: PlannedWorkload, started: Started): readonly Effect[] {
  if (!planned.run || !started.patience.await) return [];
  if (workload.ready && started.layer.length === 0) return [];
  const config = planned.files.get(paths.config)?.content;
  const proven = config === workload.files.get(paths.lastGood.config);
  const hash = planned.layer.services?.[serviceName]?.environment?.[hashVariable];
  return [{ kind: 'await-mimir', hash: proven ? undefined : hash }];
}

function diffRules({ ruler }: Snapshot, { rules }: Plan): readonly Effect[] {
  if (rules === 'unobserved' || ruler === 'unobserved') return [];
  return diffRuleGroups(ruler, rules.wanted, rules.scope === 'all' ? undefined : new Set(rules.scope));
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

function currentBag({ peers, senders }: Snapshot, { relationId, scope }: PlannedBag) {
  if (peers?.id === relationId) return peers.unitBag;
  const relations = senders === 'unobserved' ? [] : senders.relations;
  const relation = relations.find(({ id }) => id === relationId);
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

import { isDeepStrictEqual } from 'node:util';
import type { Databag } from '../juju/index.ts';
import { hashOf, sameConfig } from '../mimir/alertmanager-config.ts';
import { diffRuleGroups } from '../mimir/rule-diff.ts';
import { paths } from '../mimir/paths.ts';
import type { FileToWrite } from '../pebble/index.ts';
import type { Effect } from './effect.ts';
import { hashVariable, layerLabel, readyCheck, serviceName } from './layer.ts';
import { notedAlertmanagerConfig } from './leader-notes.ts';
import { storeIn } from './object-store.ts';
import type { Plan, PlannedBag, PlannedWorkload } from './plan.ts';
import { highest, type Problem, type ShownStatus } from './problem.ts';
import { isReady, type RelationSnapshot, type Snapshot, type Workload } from './snapshot.ts';

type OwnBags = Pick<RelationSnapshot, 'id' | 'unitBag' | 'appBag'>;
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
    ...diffAlertmanagerConfig(snapshot, plan),
    ...(plan.bags === 'unobserved' ? [] : plan.bags.flatMap((bag) => diffBag(snapshot, bag))),
    ...diffPorts(snapshot, plan),
    ...(plan.version === 'unobserved' ? [] : [{ kind: 'set-version', version: plan.version } as const]),
    ...(plan.problems === 'unobserved' ? [] : diffStatus(snapshot, plan.problems)),
  ];
}

function diffWorkload(snapshot: Snapshot, plan: Plan, patience: Patience): readonly Effect[] {
  const { workload } = snapshot;
  if (!workload.reachable || plan.workload === 'unobserved') return [];
  if (plan.workload.move === 'keep-user-state' && workload.ready) return [{ kind: 'keep-user-state' }];
  const files = diffFiles(workload, plan.workload);
  const layer = diffLayer(workload, plan.workload);
  const isRunning = !['inactive', 'absent'].includes(workload.service);
  const stop: readonly Effect[] =
    !plan.workload.run && isRunning ? [{ kind: 'stop-service', service: serviceName }] : [];
  const wait = awaitMimir(workload, plan.workload, { patience, layer });
  const lookAgain = wait.length > 0 || !plan.workload.run ? 'never' : proofWanted(snapshot, plan.workload);
  return [
    ...files,
    ...layer,
    ...stop,
    { kind: 'replan', lookAgain },
    ...wait,
    ...restoreUserState(workload, plan.workload),
  ];
}

function restoreUserState({ files }: Container, { move }: PlannedWorkload): readonly Effect[] {
  const state = files.get(paths.userState);
  return move === 'restore-user-state' && state !== undefined ? [{ kind: 'restore-user-state', state }] : [];
}

/** A configuration is proven by what runs after a replan: before it, an older Mimir may be what is ready. */
function proofWanted({ workload, replanned }: Snapshot, planned: PlannedWorkload): 'always' | 'if-restarted' {
  const ready = isReady(workload) && !replanned;
  const kept = workload.reachable ? workload.files.get(paths.lastGood.config) : undefined;
  return ready && kept !== planned.files.get(paths.config)?.content ? 'always' : 'if-restarted';
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
  return [...first, ...leaveDisk(workload, planned), ...push, ...removed];
}

/**
 * A Mimir that leaves its disk for a bucket has to ship all blocks again that are still on its disk, and so to forget
 * what it has shipped; while it runs, it would write that down again. This comes before the new configuration, so that a
 * dispatch that is killed in between begins with it again.
 */
function leaveDisk(workload: Container, { files, move }: PlannedWorkload): readonly Effect[] {
  const held = storeIn(workload.files.get(paths.config));
  if (move !== 'leave-disk' || held !== 'filesystem' || storeIn(files.get(paths.config)?.content) === held)
    return [];
  return [
    { kind: 'stop-service', service: serviceName },
    { kind: 'remove-file', path: paths.shipperRecord },
  ];
}

/** Mimir's own binary validates a configuration that it has not run with before. */
function validateConfig(workload: Container, planned: PlannedWorkload): readonly Effect[] {
  const content = planned.files.get(paths.config)?.content ?? '';
  const known = workload.files.get(paths.lastGood.config) === content;
  return known ? [] : [{ kind: 'validate-config', content, hash: plannedHash(planned) }];
}

function diffLayer({ plan }: Container, { layer }: PlannedWorkload): readonly Effect[] {
  const same =
    isDeepStrictEqual(plan.services[serviceName], layer.services?.[serviceName]) &&
    isDeepStrictEqual(plan.checks[readyCheck], layer.checks?.[readyCheck]);
  return same ? [] : [{ kind: 'add-layer', label: layerLabel, layer }];
}

interface Started {
  readonly patience: Patience;
  readonly layer: readonly Effect[];
}

function awaitMimir(workload: Container, planned: PlannedWorkload, started: Started): readonly Effect[] {
  const starts = started.layer.length > 0 || workload.service !== 'active';
  // Once the check is down, Juju tells when it is up again, and waiting here would only hold other hooks up.
  const settled = !starts && (workload.ready || workload.checkDown);
  if (!planned.run || !started.patience.await || settled) return [];
  const lastGood = workload.files.get(paths.lastGood.config);
  const config = planned.files.get(paths.config)?.content;
  const hash = config === lastGood ? undefined : plannedHash(planned);
  const onBucket = storeIn(config) === 's3';
  return [{ kind: 'await-mimir', hash, onBucket, canGoBack: lastGood !== undefined }];
}

function plannedHash({ layer }: PlannedWorkload): string {
  return layer.services?.[serviceName]?.environment?.[hashVariable] ?? '';
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
  const { peers, senders, grafanas, s3 } = snapshot;
  const endpoints = [senders, grafanas, s3].filter((endpoint) => endpoint !== 'unobserved');
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

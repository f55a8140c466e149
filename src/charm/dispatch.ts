import type { Event, Logger } from '../juju/index.ts';
import { relationIdOf } from '../mimir/namespaces.ts';
import { apply, changesSomething, type Outcome } from './apply.ts';
import type { MimirTarget } from './apply-to-mimir.ts';
import { cacheNames } from './caches.ts';
import { tracesWanted } from './charm-tracing.ts';
import { isDiskFull, observeDisk } from './disk.ts';
import { diff } from './diff.ts';
import type { Patience } from './diff-workload.ts';
import type { Effect } from './effect.ts';
import { planFor } from './handlers/index.ts';
import { type Findings, noFindings } from './findings.ts';
import { type JujuFacts, observeJuju } from './observe-juju.ts';
import { observeMimir } from './observe-mimir.ts';
import { observeEndpoint, observeSeldomRead } from './observe-relations.ts';
import { isAbsent, observeWorkload, tlsSpokenIn } from './observe-workload.ts';
import type { Plan } from './plan.ts';
import type { DiskSpace, Ports } from './ports.ts';
import { highest } from './problem.ts';
import { ruleSources } from './rule-sources.ts';
import { isBucketSet } from './s3-option.ts';
import { isReady, type Snapshot, type UnitIdentity, type Workload } from './snapshot.ts';
import { traced, type TracedPorts } from './trace.ts';
import { withUnpackedRules } from './unpack-rules.ts';

/** A hook's event; actions have a way of their own (actions/). */
export type HookEvent = Exclude<Event, { kind: 'action' }>;

/** Most passes of one dispatch: read all relations, ask the other units, refuse, roll back, start, find ready, flush, and one to spare. */
const mostPasses = 8;

/**
 * Carries one hook through: observe, interpret, reconcile, diff, apply. Juju is read once; the workload is looked
 * at again after each pass that started Mimir or learned that it refuses its configuration. Each step is traced, where
 * somebody takes traces.
 */
export async function dispatch(ports: Ports, event: HookEvent, identity: UnitIdentity): Promise<void> {
  await traced(ports, { event, identity }, (tracedPorts) => carryOut(tracedPorts, event, identity));
}

const observesJuju = { name: 'observe', attributes: { of: 'juju' } };
const observesWorkload = { name: 'observe', attributes: { of: 'workload' } };

async function carryOut(ports: TracedPorts, event: HookEvent, identity: UnitIdentity): Promise<void> {
  const { trace } = ports;
  const first = await trace.step(observesJuju, () => observeOnce(ports, event, identity));
  let { juju } = first;
  let workload: Workload = { reachable: false, reason: 'it was not looked at' };
  trace.sendTo(tracesWanted(juju, () => ({ authorities: juju.authorities, workload })));
  let patient = true;
  let count = 0;
  const findings = noFindings();
  for (let pass = 1; pass <= mostPasses; pass += 1) {
    const { snapshot, ...target } = await trace.step(observesWorkload, () =>
      look(ports, event, { ...first, juju, findings, pass }),
    );
    ({ workload } = snapshot);
    const patience = { await: patient };
    const { plan, effects } = await trace.step({ name: 'reconcile' }, () =>
      planEffects(event, snapshot, patience),
    );
    if (plan.sweep) {
      // All relations are told something else now, and this event alone would have told only those that it is about.
      juju = { ...juju, ...(await observeSeldomRead(ports.hookTools, event, { ...juju, sweep: true })) };
      continue;
    }
    count += effects.filter(changesSomething).length;
    const outcome = await applyAll(ports, effects, { ...target, findings });
    if (outcome === 'done') {
      logOutcome(ports.logger, { event, effects, count, plan });
      return;
    }
    patient &&= outcome !== 'gave-up';
    // A Mimir that was away and has been waited for is worth asking again.
    if (!isReady(workload)) findings.trouble = undefined;
    const stopped = effects.some(({ kind }) => kind === 'stop-service');
    juju = await sweepOnceReady(ports, event, { juju, wasReady: isReady(workload) && !stopped });
  }
  throw new Error(`cannot settle ${event.kind}: the world still changes after ${mostPasses} passes`);
}

/** What is read once in a dispatch. */
interface ReadOnce {
  readonly juju: JujuFacts;
  readonly fullNames: ReadonlyMap<string, string>;
  readonly disk: DiskSpace | undefined;
  readonly now: Date;
}

async function observeOnce(ports: Ports, event: HookEvent, identity: UnitIdentity): Promise<ReadOnce> {
  const juju = await observeJuju(ports.hookTools, event, identity);
  const [fullNames, disk] = await Promise.all([
    observeNames(ports, juju),
    juju.dying ? undefined : observeDisk(ports.hookTools, ports.disk),
  ]);
  return { juju, fullNames, disk, now: ports.clock.date() };
}

type Seen = Omit<MimirTarget, 'findings'> & { readonly snapshot: Snapshot };

/** Looks at the workload, and puts all that is known by now together. */
async function look(
  ports: Ports,
  event: HookEvent,
  { juju, findings, pass, ...once }: ReadOnce & Pick<MimirTarget, 'findings'> & { readonly pass: number },
): Promise<Seen> {
  const workload = forgive(pass, await observeWorkload(ports), { event, juju });
  const mimir = ports.mimir(workload.reachable ? tlsSpokenIn(workload.files) : undefined);
  const { client, ...observed } = await observeMimir(mimir, juju, { workload, findings });
  const facts = { ...juju, ...once, workload, ...observed, ...learned(findings, juju) };
  const snapshot = await withUnpackedRules(facts);
  findings.unpackedRules = snapshot.unpackedRules;
  return { snapshot, client, mimir };
}

function planEffects(
  event: HookEvent,
  snapshot: Snapshot,
  patience: Patience,
): Pick<Ending, 'plan' | 'effects'> {
  const plan = planFor(event, snapshot);
  return { plan, effects: plan.sweep ? [] : diff(snapshot, plan, patience) };
}

/** Full names of those that resolve now. Without any to look up, which is the rule, what looks names up is not even loaded. */
async function observeNames({ names }: Ports, juju: JujuFacts): Promise<ReadonlyMap<string, string>> {
  const asked = cacheNames(juju);
  return asked.length === 0 ? new Map() : names.findFull(asked);
}

/** A Mimir that was down may have missed any relation's change: once it is up, the leader goes through all of them. */
async function sweepOnceReady(
  { hookTools }: Ports,
  event: HookEvent,
  { juju, wasReady }: { juju: JujuFacts; wasReady: boolean },
): Promise<JujuFacts> {
  const sources = ruleSources(juju);
  const swept = sources !== 'unobserved' && sources.scope === 'all';
  if (wasReady || swept || !juju.leader || juju.dying || event.kind === 'install') return juju;
  const [senders, otlpSenders] = await Promise.all([
    observeEndpoint(hookTools, event, { ...juju, endpoint: 'receive-remote-write' }),
    observeEndpoint(hookTools, event, { ...juju, endpoint: 'receive-otlp' }),
  ]);
  return { ...juju, senders, otlpSenders };
}

function learned(
  { refusedRules, refusedAlertmanagerConfig, trouble, unitKey, ...facts }: Findings,
  known: Pick<JujuFacts, 'unitKey'>,
) {
  const byRelation = [...refusedRules].map(
    ([namespace, words]) => [relationIdOf(namespace) ?? -1, words] as const,
  );
  return {
    ...facts,
    refusedRules: new Map(byRelation),
    refusedAlertmanagerConfig,
    mimirTrouble: trouble,
    unitKey: unitKey ?? known.unitKey,
  };
}

/**
 * What a new container, a new charm or a word about the bucket may cure: there a configuration that was refused is tried
 * once more. Another text of the option `s3` is another configuration; the same text, reset and set again, says that the
 * bucket was mended.
 */
function forgive(
  pass: number,
  workload: Workload,
  { event, juju }: { readonly event: HookEvent; readonly juju: JujuFacts },
): Workload {
  if (pass > 1 || !workload.reachable) return workload;
  const set = event.kind === 'config-changed' && isBucketSet(juju) && workload.rejection?.by === 'store';
  return set || isCure(event) ? { ...workload, rejection: undefined } : workload;
}

function isCure(event: HookEvent): boolean {
  const isNew = event.kind === 'pebble-ready' || event.kind === 'upgrade-charm';
  return isNew || ('endpoint' in event && event.endpoint === 's3');
}

/** A container that goes away in the middle, or has a disk that is full, is looked at again as what it is then. */
async function applyAll(
  ports: TracedPorts,
  effects: readonly Effect[],
  target: MimirTarget,
): Promise<Outcome> {
  try {
    return await apply(ports, effects, target);
  } catch (error) {
    if (isDiskFull(error)) target.findings.diskFull = true;
    else if (!isAbsent(error)) throw error;
    ports.logger.warning(error.message);
    return 'look-again';
  }
}

interface Ending {
  readonly event: HookEvent;
  readonly effects: readonly Effect[];
  readonly count: number;
  readonly plan: Plan;
}

/** One line per dispatch that changed something, and every problem in full when the status changes. */
function logOutcome(logger: Logger, { event, effects, count, plan: { problems } }: Ending): void {
  if (count === 0) return;
  if (problems === 'unobserved') {
    logger.info(`${event.kind}: ${count} effects, status unchanged`);
    return;
  }
  const changed = effects.some(({ kind }) => kind === 'set-status');
  for (const { source, message } of changed ? problems : []) logger.warning(`[${source}] ${message}`);
  logger.info(`${event.kind}: ${count} effects, ${highest(problems).status}`);
}

import type { Event } from '../juju/index.ts';
import { relationIdOf } from '../mimir/rules.ts';
import { apply, type Refusals } from './apply.ts';
import { diff } from './diff.ts';
import { planFor } from './handlers/index.ts';
import { type JujuFacts, observeJuju, observeSenders } from './observe-juju.ts';
import { observeRuler } from './observe-ruler.ts';
import { observeWorkload } from './observe-workload.ts';
import type { Plan } from './plan.ts';
import type { Ports } from './ports.ts';
import { highest } from './problem.ts';
import type { Snapshot, UnitIdentity } from './snapshot.ts';

/** A hook's event; actions have a way of their own (actions/). */
export type HookEvent = Exclude<Event, { kind: 'action' }>;

/** Most passes of one dispatch: refuse, roll back, start, find ready, and one to spare. */
const mostPasses = 5;

/**
 * Carries one hook through: observe, interpret, reconcile, diff, apply. Juju is read once; the workload is looked
 * at again after each pass that started Mimir or learned that it refuses its configuration.
 */
export async function dispatch(ports: Ports, event: HookEvent, identity: UnitIdentity): Promise<void> {
  let juju = await observeJuju(ports.hookTools, event, identity);
  let patient = true;
  let count = 0;
  const refusals: Refusals = new Map();
  for (let pass = 1; pass <= mostPasses; pass += 1) {
    const workload = await observeWorkload(ports);
    const { client, ruler } = await observeRuler(ports, juju, workload);
    const snapshot: Snapshot = { ...juju, workload, ruler, refusedRules: byRelation(refusals) };
    const plan = planFor(event, snapshot);
    const effects = diff(snapshot, plan, { await: patient && pass < mostPasses });
    count += effects.length;
    const outcome = await apply(ports, effects, { ruler: client, refusals });
    if (outcome === 'done') {
      ports.logger.info(summary(event, count, plan));
      return;
    }
    patient &&= outcome !== 'gave-up';
    juju = await sweepOnceReady(ports, event, { juju, wasReady: workload.reachable && workload.ready });
  }
}

/** A Mimir that was down may have missed any sender's change: once it is up, the leader goes through all of them. */
async function sweepOnceReady(
  { hookTools }: Ports,
  event: HookEvent,
  { juju, wasReady }: { juju: JujuFacts; wasReady: boolean },
): Promise<JujuFacts> {
  const swept = juju.senders !== 'unobserved' && juju.senders.scope === 'all';
  if (wasReady || swept || !juju.leader || juju.dying || event.kind === 'install') return juju;
  return { ...juju, senders: await observeSenders(hookTools, event, juju) };
}

function byRelation(refusals: Refusals): ReadonlyMap<number, string> {
  const entries = [...refusals].map(([namespace, words]) => [relationIdOf(namespace) ?? -1, words] as const);
  return new Map(entries);
}

function summary(event: HookEvent, effects: number, { problems }: Plan): string {
  const status = problems === 'unobserved' ? 'status unchanged' : highest(problems).status;
  return `${event.kind}: ${effects} effects, ${status}`;
}

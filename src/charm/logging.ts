import { keys, publish, readEndpoint, readErrors } from '../interfaces/loki-push-api.ts';
import { fnv1a } from '../mimir/fnv1a.ts';
import { logAlertGroups } from '../mimir/observability/log-alerts.ts';
import { selfRules } from '../mimir/observability/self-rules.ts';
import type { LogTarget } from '../pebble/index.ts';
import type { PlannedBag } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import { type Snapshot, unitBagsInOrder, type UnitIdentity } from './snapshot.ts';
import { topologyOf, unitLabels } from './topology.ts';

/** Log targets by their names in Pebble's plan. */
export type LogTargets = Readonly<Record<string, LogTarget>>;

/** Where Mimir's log goes. */
export interface InterpretedLogging {
  readonly targets: LogTargets;
  readonly problems: readonly Problem[];
}

/**
 * Reads where the related Lokis take logs, each place once. Pebble makes the client of a log target once for its name, and
 * would send to the old URL for ever (Pebble: overlord/logstate): so the name comes of the URL.
 */
export function interpretLogging({ identity, lokis }: Snapshot): InterpretedLogging {
  const targets: Record<string, LogTarget> = {};
  const problems: Problem[] = [];
  for (const relation of lokis.relations.toSorted((a, b) => a.id - b.id)) {
    const source = `logging:${relation.id}`;
    for (const [unit, bag] of unitBagsInOrder(relation)) {
      const told = readEndpoint(bag);
      if (!told.ok) problems.push(unreadable(source, unit, told.reason));
      else if (told.value !== undefined) targets[nameOf(told.value)] = targetOf(identity, told.value);
    }
    const errors = relation.remoteAppBag === 'unobserved' ? undefined : readErrors(relation.remoteAppBag);
    if (errors !== undefined) problems.push(refusedRules(source, errors));
  }
  return { targets, problems };
}

/**
 * The log targets that are to change. Pebble forgets none before its container ends: one that is over is told to forward
 * nothing (Pebble: `-all`).
 */
export function changedTargets(wanted: LogTargets, held: LogTargets): LogTargets {
  const over = Object.keys(held).filter((name) => isOurs(name) && wanted[name] === undefined);
  const all: LogTargets = { ...wanted, ...Object.fromEntries(over.map((name) => [name, forwardsNothing])) };
  return Object.fromEntries(Object.entries(all).filter(([name, target]) => !isSame(held[name], target)));
}

/** Plans what Loki is told: alert rules on Mimir's log, and whose they are. */
export function planLogBags({ identity, lokis }: Snapshot): readonly PlannedBag[] {
  const topology = topologyOf(identity);
  return lokis.relations.flatMap(({ id, appBag }): readonly PlannedBag[] => {
    if (appBag === 'unobserved') return [];
    const values = publish(topology, { groups: selfRules(logAlertGroups, topology) });
    return [{ relationId: id, scope: 'app', owned: keys.requirerApp, values }];
  });
}

const prefix = 'loki-';
const forwardsNothing: LogTarget = {
  ...{ override: 'replace', type: 'loki', location: '(removed)', services: ['-all'] },
};

function nameOf(url: string): string {
  return `${prefix}${fnv1a(url)}`;
}

function isOurs(name: string): boolean {
  return name.startsWith(prefix);
}

/** The labels that Juju's own forwarder gives (Juju: loki_push_api, LogForwarder). */
function targetOf(identity: UnitIdentity, location: string): LogTarget {
  const { model, modelUuid, application } = identity;
  const { juju_charm: charm, ...place } = unitLabels(identity);
  return {
    override: 'replace',
    type: 'loki',
    location,
    services: ['all'],
    labels: {
      product: 'Juju',
      charm,
      ...place,
      job: `juju_${model}_${modelUuid.slice(0, 8)}_${application}`,
    },
  };
}

/** Of one name, only these can differ. */
function isSame(held: LogTarget | undefined, { location, services }: LogTarget): boolean {
  return held?.location === location && held?.services?.join() === services?.join();
}

function unreadable(source: string, unit: string, reason: string): Problem {
  const message = `${unit} gets no logs, what it tells cannot be used (${briefly(reason)}); mend it there.`;
  return { status: 'active', source, message };
}

function refusedRules(source: string, errors: string): Problem {
  const message = `Loki does not take the alert rules on Mimir's log; look there. It says: ${briefly(errors)}.`;
  return { status: 'active', source, message };
}

import { applicationOf, unitsOf, withApplication, withUnit } from './access.ts';
import { JujuError } from './errors.ts';
import type { Model, Status, Unit } from './records.ts';

/** Words that status-set takes. */
export const settableStatuses = ['maintenance', 'blocked', 'waiting', 'active'] as const;

/** Juju: domain/status/service, severity of a unit's status for its application. */
const severity: Readonly<Record<string, number>> = {
  ...{ error: 100, blocked: 90, maintenance: 80, waiting: 70, active: 60, terminated: 50, unknown: 40 },
};

/** A status that begins now. */
export function status(model: Pick<Model, 'now'>, current: string, message = ''): Status {
  return { current, message, since: model.now };
}

/** Sets a unit's workload status. */
export function setUnitStatus(model: Model, unit: string, workload: Status): Model {
  return withUnit(model, unit, { workload });
}

/** Sets an application's status; only the leader may. */
export function setApplicationStatus(model: Model, unit: Unit, value: Status): Model {
  checkLeader(model, unit);
  return withApplication(model, unit.application, { status: value });
}

/** Refuses what only the leader may do. */
export function checkLeader(model: Model, unit: Unit): void {
  if (applicationOf(model, unit.application).leader !== unit.name) {
    throw new JujuError('this unit is not the leader');
  }
}

/** What `juju status` shows of a unit: a failed hook stands before what the charm said. */
export function shownStatus(unit: Unit): Status {
  const { held } = unit.agent;
  if (held?.step !== 'failed') return unit.workload;
  return { current: 'error', message: `hook failed: "${held.hook.name}"`, since: unit.agentStatus.since };
}

/** An application's status: the leader's word, else its worst unit's. */
export function applicationStatus(model: Model, application: string): Status {
  const { status: set } = applicationOf(model, application);
  if (set !== undefined) return set;
  const [worst] = unitsOf(model, application)
    .map(shownStatus)
    .sort((a, b) => (severity[b.current] ?? 0) - (severity[a.current] ?? 0));
  return worst ?? status(model, 'unknown');
}

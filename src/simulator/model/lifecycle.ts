import { applicationOf, unitOf, unitsOf, withAgent, withApplication, without, withUnit } from './access.ts';
import type { Hook, WorkloadHook } from './operation.ts';
import type { HeldHook, Model, Unit } from './records.ts';
import { enterScopes } from './scope.ts';
import { addUnits } from './units.ts';

/** A unit's pod runs and its agent starts: the first time, after a new pod, or after the charm container restarted. */
export function agentStarted(
  model: Model,
  name: string,
  pod: { readonly address: string | undefined; readonly newPod: boolean },
): Model {
  const unit = unitOf(model, name);
  const { agent } = unit;
  // Juju: a hook that was failed or queued is restored as pending, and the charm's deployment is not an upgrade then.
  const held: HeldHook | undefined = agent.held && { ...agent.held, step: 'failed' };
  const addressed = withUnit(model, name, { address: pod.address });
  const online = withAgent(addressed, name, {
    ...{ online: true, shuttingDown: false, stopped: false, held },
    ...{ startDue: agent.started, workloadEvents: [] },
    charmMissing: agent.installed && held === undefined && (agent.charmMissing || pod.newPod),
  });
  return enterScopes(elect(online, unit.application), name);
}

/** The agent is told to end while its unit lives on: `stop` comes, and nothing after it. */
export function agentStopping(model: Model, name: string): Model {
  return withAgent(model, name, { shuttingDown: true });
}

/** The agent is gone, with or without its stop. */
export function agentStopped(model: Model, name: string): Model {
  return withAgent(model, name, { online: false, shuttingDown: false });
}

/** A dead unit's pod is gone; the application goes with its last unit if it is dying. */
export function unitGone(model: Model, name: string): Model {
  const { application } = unitOf(model, name);
  const left = { ...model, units: without(model.units, name) };
  const { life } = applicationOf(model, application);
  if (life === 'alive') return addUnits(left, application);
  if (unitsOf(left, application).length > 0) return left;
  return { ...left, applications: without(left.applications, application) };
}

/** Gives an application without leader one: its first living unit, where Juju takes whichever agent asks first. */
export function elect(model: Model, application: string): Model {
  const { leader, life } = applicationOf(model, application);
  if (leader !== undefined || life !== 'alive') return model;
  const first = unitsOf(model, application).find((unit) => unit.life === 'alive');
  return first === undefined ? model : withApplication(model, application, { leader: first.name });
}

/** Makes a unit the leader; the old one is not told by a hook (Juju: a log line only). */
export function changeLeader(model: Model, unit: Unit): Model {
  const old = applicationOf(model, unit.application).leader;
  const chosen = withApplication(model, unit.application, { leader: unit.name });
  return old === undefined ? chosen : withAgent(chosen, old, { leader: false });
}

/** Queues an event of a container, unless the very same is queued. */
export function queueWorkloadEvent(model: Model, name: string, event: WorkloadHook): Model {
  const { workloadEvents } = unitOf(model, name).agent;
  const queued = workloadEvents.some((other) => JSON.stringify(other) === JSON.stringify(event));
  return queued ? model : withAgent(model, name, { workloadEvents: [...workloadEvents, event] });
}

/** Queues a hook that the administrator asked for. */
export function queueFired(model: Model, name: string, hook: Hook): Model {
  return withAgent(model, name, { fired: [...unitOf(model, name).agent.fired, hook] });
}

/** A failed hook's delay is over, or `juju resolved` was said: it is run again. */
export function retry(model: Model, name: string): Model {
  const { held } = unitOf(model, name).agent;
  return held === undefined ? model : withAgent(model, name, { held: { ...held, step: 'queued' } });
}

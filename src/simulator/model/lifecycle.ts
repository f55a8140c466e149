import { applicationOf, unitOf, unitsOf, withAgent, without, withUnit } from './access.ts';
import { elect, skipIfMoot } from './leadership.ts';
import type { Hook, WorkloadHook } from './operation.ts';
import type { AgentState, HeldHook, Model } from './records.ts';
import { syncScopes, leaveScopes } from './scope.ts';
import { forgetHolder } from './secrets.ts';
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
  return syncScopes(elect(online, unit.application), name);
}

/** The agent is told to end while its unit lives on: `stop` comes, and nothing after it. */
export function agentStopping(model: Model, name: string): Model {
  return withAgent(model, name, { shuttingDown: true });
}

/** The agent is gone, with or without its stop. */
export function agentStopped(model: Model, name: string): Model {
  return withAgent(model, name, { online: false, shuttingDown: false });
}

/** Whether the charm has started since its agent did: what the agent's readiness probe answers (Juju: uniter/probe.go). */
export function hasStarted({ online, started, startDue, stopped }: AgentState): boolean {
  return online && started && !startDue && !stopped;
}

/** A dead unit's pod is gone; the application goes with its last unit if it is dying. */
export function unitGone(model: Model, name: string): Model {
  const { application } = unitOf(model, name);
  const outside = leaveScopes(model, name);
  const left = forgetHolder({ ...outside, units: without(outside.units, name) }, name);
  const { life } = applicationOf(model, application);
  if (life === 'alive') return addUnits(left, application);
  if (unitsOf(left, application).length > 0) return left;
  return forgetHolder({ ...left, applications: without(left.applications, application) }, application);
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

/** A failed hook's delay is over: it is run again, unless it has become moot. */
export function retry(model: Model, name: string): Model {
  const { held } = unitOf(model, name).agent;
  if (held === undefined) return model;
  return skipIfMoot(withAgent(model, name, { held: { ...held, step: 'queued' } }), name);
}

import {
  applicationOf,
  relationOf,
  unitOf,
  unitsOf,
  withAgent,
  withApplication,
  without,
  withUnit,
} from './access.ts';
import { JujuError } from './errors.ts';
import { isPebbleReady } from './operation.ts';
import type { Hook, HookChanges, Operation, Outcome, RelationHook } from './operation.ts';
import type { AgentRelation, Model, Unit } from './records.ts';
import { leads, resign } from './leadership.ts';
import { changeSecret } from './secret-changes.ts';
import { commitSecretHook } from './secret-events.ts';
import { syncScopes, leaveScope, leaveScopes, networkSettings, newAgentRelation, writeBag } from './scope.ts';
import { setUnitStatus, status } from './statuses.ts';

/** Marks an operation as running, with the statuses that Juju itself sets. */
export function begin(model: Model, name: string, operation: Operation): Model {
  const what =
    operation.kind === 'action' ? `running action ${operation.name}` : `running ${operation.name} hook`;
  const marked = withUnit(taken(model, name, operation), name, {
    agentStatus: status(model, 'executing', what),
  });
  const message = operation.kind === 'plain' ? announcements[operation.name] : undefined;
  return message === undefined ? marked : setUnitStatus(marked, name, status(model, 'maintenance', message));
}

/** Takes an event out of its queue, so that the same one is told again if it comes while its hook runs. */
function taken(model: Model, name: string, operation: Operation): Model {
  const { workloadEvents, fired } = unitOf(model, name).agent;
  return withAgent(model, name, {
    workloadEvents: workloadEvents.filter((event) => event !== operation),
    fired: fired.filter((event) => event !== operation),
  });
}

const announcements: Readonly<Record<string, string>> = {
  install: 'installing charm software',
  stop: 'stopping charm software',
  remove: 'cleaning up prior to charm deletion',
};

/** Ends an operation: writes its changes if it succeeded; otherwise drops them and keeps the hook for another run. */
export function finish(model: Model, name: string, ended: { operation: Operation; outcome: Outcome }): Model {
  const idle = ending(withUnit(model, name, { agentStatus: status(model, 'idle') }), name, ended);
  return syncScopes(resign(idle, name), name);
}

/** The administrator gives a failed hook up: the agent goes on as if it had succeeded (Juju: `resolved --no-retry`). */
export function skipFailed(model: Model, name: string): Model {
  const { held } = unitOf(model, name).agent;
  return held === undefined ? model : syncScopes(succeeded(model, name, held.hook), name);
}

function ending(idle: Model, name: string, ended: { operation: Operation; outcome: Outcome }): Model {
  const { operation, outcome } = ended;
  if (operation.kind === 'action' || operation.kind === 'exec') return finishAction(idle, name, ended);
  if (outcome.kind !== 'success')
    return keep(idle, name, { hook: operation, failed: outcome.kind === 'failed' });
  return succeeded(applyChanges(idle, name, outcome.changes), name, operation);
}

function succeeded(model: Model, name: string, hook: Hook): Model {
  return commit(withAgent(model, name, { held: undefined }), name, hook);
}

/** Writes what a hook or an action left; agents of the remote units see it from now on. */
export function applyChanges(model: Model, name: string, changes: HookChanges): Model {
  const unit = unitOf(model, name);
  const open = unit.ports.filter((port) => !changes.closePorts.includes(port));
  const ports = [...new Set([...open, ...changes.openPorts])].sort();
  const charmState = changes.charmState ?? unit.charmState;
  for (const { owner } of changes.bags) checkWriter(model, unit, owner);
  const bagged = changes.bags.reduce(
    (current, { relation, ...bag }) => writeBag(current, relation, bag),
    withUnit(model, name, { ports, charmState }),
  );
  return changes.secrets.reduce((current, change) => changeSecret(current, name, change), bagged);
}

/** Who lost the leadership after relation-set loses the whole hook (Juju: the leadership is claimed anew at commit). */
function checkWriter(model: Model, unit: Unit, owner: string): void {
  if (owner !== unit.application || leads(model, unit)) return;
  throw new JujuError(
    `checking leadership continuity: "${unit.name}" is not leader of "${unit.application}"`,
  );
}

function finishAction(model: Model, name: string, ended: { operation: Operation; outcome: Outcome }): Model {
  const { operation, outcome } = ended;
  const actions = unitOf(model, name).agent.actions.filter((queued) => queued !== operation);
  const done = withAgent(model, name, { actions });
  return outcome.kind === 'success' ? applyChanges(done, name, outcome.changes) : done;
}

function keep(model: Model, name: string, ended: { hook: Hook; failed: boolean }): Model {
  const { agent } = unitOf(model, name);
  const { hook, failed } = ended;
  // Juju drops a failed pebble-ready; the poller finds it anew (container/workload.go).
  if (isPebbleReady(hook)) return withAgent(model, name, { held: undefined });
  const failures = failed ? (agent.held?.failures ?? 0) + 1 : (agent.held?.failures ?? 0);
  const charmMissing = hook.name === 'upgrade-charm' ? false : agent.charmMissing;
  return withAgent(model, name, {
    charmMissing,
    held: { hook, step: failed ? 'failed' : 'queued', failures },
  });
}

function commit(model: Model, name: string, hook: Hook): Model {
  switch (hook.kind) {
    case 'plain':
      return commitPlain(model, name, hook);
    case 'relation':
      return commitRelation(model, name, hook);
    case 'storage':
      return commitStorage(model, name, hook);
    case 'secret':
      return commitSecretHook(model, name, hook);
    case 'workload':
    case 'fired':
      return model;
  }
}

function commitPlain(model: Model, name: string, hook: Extract<Hook, { kind: 'plain' }>): Model {
  switch (hook.name) {
    case 'install':
      return withAgent(model, name, { installed: true });
    case 'upgrade-charm':
      return withAgent(model, name, {
        charmMissing: false,
        // Juju: runhook.go queues config-changed after upgrade-charm.
        held: { hook: { kind: 'plain', name: 'config-changed' }, step: 'queued', failures: 0 },
      });
    case 'config-changed':
      return commitConfigChanged(model, name, hook);
    case 'start':
      return commitStart(model, name);
    case 'stop':
      return withAgent(model, name, { stopped: true });
    case 'remove':
      return commitRemove(model, name);
    case 'leader-elected':
      return withAgent(model, name, { leader: true, leaderSettingsTold: true });
    case 'leader-settings-changed':
      return withAgent(model, name, { leaderSettingsTold: true });
    case 'update-status':
      return withAgent(model, name, { updateStatusDue: false });
  }
}

function commitConfigChanged(model: Model, name: string, hook: Extract<Hook, { kind: 'plain' }>): Model {
  const unit = unitOf(model, name);
  const start = { hook: { kind: 'plain', name: 'start' }, step: 'queued', failures: 0 } as const;
  const held = unit.agent.started ? undefined : start;
  const told = withAgent(model, name, { configHash: hook.configHash, held });
  return Object.keys(unit.agent.relations).reduce(
    (current, id) => writeBag(current, Number(id), { owner: name, values: networkSettings(model, unit) }),
    told,
  );
}

function commitStart(model: Model, name: string): Model {
  const started = withAgent(model, name, { started: true, stopped: false, startDue: false });
  const { workload } = unitOf(model, name);
  const untouched = workload.message === announcements['install'] && workload.current === 'maintenance';
  return untouched ? setUnitStatus(started, name, status(model, 'unknown')) : started;
}

function commitRemove(model: Model, name: string): Model {
  const { application } = unitOf(model, name);
  const dead = withUnit(leaveScopes(model, name), name, {
    life: 'dead',
    workload: status(model, 'terminated'),
  });
  if (applicationOf(model, application).leader !== name) return dead;
  const heir = unitsOf(dead, application).find(({ life }) => life === 'alive');
  return withApplication(dead, application, { leader: heir?.name });
}

function commitStorage(model: Model, name: string, hook: Extract<Hook, { kind: 'storage' }>): Model {
  const unit = unitOf(model, name);
  const others = unit.agent.attached.filter((id) => id !== hook.storage);
  if (hook.phase === 'attached') return withAgent(model, name, { attached: [...others, hook.storage] });
  const storage = unit.storage.filter((id) => id !== hook.storage);
  return withUnit(withAgent(model, name, { attached: others }), name, { storage });
}

function commitRelation(model: Model, name: string, hook: RelationHook): Model {
  if (hook.phase === 'broken') return leaveScope(model, hook.relation, name);
  const { relations } = unitOf(model, name).agent;
  const known = relations[hook.relation] ?? newAgentRelation;
  relationOf(model, hook.relation);
  return withAgent(model, name, { relations: { ...relations, [hook.relation]: told(known, hook) } });
}

function told(known: AgentRelation, hook: RelationHook): AgentRelation {
  const { phase, remoteUnit, remoteApplication, version = 0 } = hook;
  if (phase === 'created') return { ...known, created: true };
  if (remoteUnit === undefined) {
    return { ...known, applications: { ...known.applications, [remoteApplication]: version } };
  }
  if (phase === 'departed') return { ...known, members: without(known.members, remoteUnit) };
  const members = { ...known.members, [remoteUnit]: version };
  return { ...known, members, changedPending: phase === 'joined' ? remoteUnit : undefined };
}

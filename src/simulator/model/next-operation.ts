import { applicationOf, unitOf } from './access.ts';
import { effectiveConfig } from './config.ts';
import { leads } from './leadership.ts';
import type { Hook, Operation, PlainHookName } from './operation.ts';
import type { Model, Unit } from './records.ts';
import { createdHook, nextRelationHook } from './resolve-relations.ts';
import { nextSecretHook } from './secret-events.ts';

type Resolver = (model: Model, unit: Unit) => Operation | undefined;

/**
 * What a unit's agent does next, or undefined if it has nothing to do. A failed hook is not picked again here:
 * the controller retries it when its delay is over.
 *
 * Juju: uniter/resolver.go, the order of its resolvers.
 */
export function nextOperation(model: Model, name: string): Operation | undefined {
  const unit = unitOf(model, name);
  if (!unit.agent.online || unit.life === 'dead') return undefined;
  for (const resolver of stage(unit)) {
    const operation = resolver(model, unit);
    if (operation !== undefined) return operation;
  }
  return undefined;
}

/** Hash of what config-changed tells: configuration, trust and addresses. */
export function configHash(model: Model, unit: Unit): string {
  const application = applicationOf(model, unit.application);
  const addresses = [unit.address, application.address];
  return JSON.stringify([effectiveConfig(application), application.trust, addresses]);
}

function stage(unit: Unit): readonly Resolver[] {
  const { held, shuttingDown, charmMissing, installed } = unit.agent;
  if (shuttingDown) return [shutdown];
  if (held?.step === 'failed') return [action];
  if (held !== undefined) return [action, (model) => upToDate(model, unit, held.hook)];
  if (!installed) return unit.life === 'alive' ? [plain('install')] : [];
  if (charmMissing) return [plain('upgrade-charm')];
  const first: Resolver[] = [
    restarted,
    createdHook,
    leadership,
    workload,
    nextSecretHook,
    action,
    fired,
    storage,
  ];
  return [...first, ...(unit.life === 'dying' ? [nextRelationHook, leaving] : living)];
}

/** A queued config-changed tells what holds when it runs. */
function upToDate(model: Model, unit: Unit, hook: Hook): Hook {
  const stale = hook.kind === 'plain' && hook.name === 'config-changed';
  return stale ? { ...hook, configHash: configHash(model, unit) } : hook;
}

const living: readonly Resolver[] = [configChanged, nextRelationHook, updateStatus];

function plain(name: PlainHookName): Resolver {
  return () => ({ kind: 'plain', name });
}

const shutdown: Resolver = (_, { agent }) =>
  agent.started && !agent.stopped ? { kind: 'plain', name: 'stop' } : undefined;

const restarted: Resolver = (_, { agent }) =>
  agent.startDue && agent.started ? { kind: 'plain', name: 'start' } : undefined;

const leadership: Resolver = (model, unit) => {
  const { leader, leaderSettingsTold } = unit.agent;
  if (unit.life !== 'alive') return undefined;
  if (leads(model, unit)) return leader ? undefined : { kind: 'plain', name: 'leader-elected' };
  return leaderSettingsTold ? undefined : { kind: 'plain', name: 'leader-settings-changed' };
};

const workload: Resolver = (_, { agent }) => agent.workloadEvents[0];

const action: Resolver = (_, { agent }) => (agent.installed ? agent.actions[0] : undefined);

const fired: Resolver = (_, { agent }) => agent.fired[0];

const storage: Resolver = (_, unit) => {
  const { attached } = unit.agent;
  if (unit.life === 'dying') {
    const [id] = attached;
    return id === undefined ? undefined : storageHook(id, 'detaching');
  }
  const id = unit.storage.find((candidate) => !attached.includes(candidate));
  return id === undefined ? undefined : storageHook(id, 'attached');
};

function storageHook(id: string, phase: 'attached' | 'detaching'): Operation {
  const [name = ''] = id.split('/');
  return { kind: 'storage', name: `${name}-storage-${phase}`, phase, storage: id };
}

const leaving: Resolver = (_, { agent }) =>
  agent.started && !agent.stopped ? { kind: 'plain', name: 'stop' } : { kind: 'plain', name: 'remove' };

function configChanged(model: Model, unit: Unit): Operation | undefined {
  const hash = configHash(model, unit);
  if (hash === unit.agent.configHash) return undefined;
  return { kind: 'plain', name: 'config-changed', configHash: hash };
}

function updateStatus(_: Model, { agent }: Unit): Operation | undefined {
  return agent.updateStatusDue ? { kind: 'plain', name: 'update-status' } : undefined;
}

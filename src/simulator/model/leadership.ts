import { applicationOf, unitOf, unitsOf, withAgent, withApplication } from './access.ts';
import { JujuError } from './errors.ts';
import type { Hook } from './operation.ts';
import type { Model, Unit } from './records.ts';

/** Whether a unit leads its application. */
export function leads(model: Model, { name, application }: Pick<Unit, 'name' | 'application'>): boolean {
  return applicationOf(model, application).leader === name;
}

/** Gives an application without leader one: its first living unit, where Juju takes whichever agent asks first. */
export function elect(model: Model, application: string): Model {
  const { leader, life } = applicationOf(model, application);
  if (leader !== undefined || life !== 'alive') return model;
  const first = unitsOf(model, application).find((unit) => unit.life === 'alive');
  return first === undefined ? model : withApplication(model, application, { leader: first.name });
}

/** Makes a unit the leader, as when the old one's lease ran out; no hook tells the old one (Juju: a log line only). */
export function changeLeader(model: Model, unit: Unit): Model {
  if (unit.life !== 'alive') throw new JujuError(`unit "${unit.name}" is not alive`);
  const old = applicationOf(model, unit.application).leader;
  const chosen = withApplication(model, unit.application, { leader: unit.name });
  // An agent that runs something notices when it is free again: then it may lead again already.
  const busy = old === undefined || unitOf(model, old).agentStatus.current === 'executing';
  return busy ? chosen : resign(chosen, old);
}

/** A free agent sees that its unit does not lead any more; a hook for leaders that waits is skipped. */
export function resign(model: Model, name: string): Model {
  const unit = unitOf(model, name);
  if (leads(model, unit)) return model;
  const resigned = unit.agent.leader ? withAgent(model, name, { leader: false }) : model;
  return unit.agent.held?.step === 'queued' ? skipIfMoot(resigned, name) : resigned;
}

/** Drops a unit's waiting hook if it is one for the leader or a secret's owner and the unit is not (Juju: runhook.go, Prepare). */
export function skipIfMoot(model: Model, name: string): Model {
  const unit = unitOf(model, name);
  const { held } = unit.agent;
  if (held === undefined || !isMoot(model, unit, held.hook)) return model;
  return withAgent(model, name, { held: undefined });
}

function isMoot(model: Model, unit: Unit, hook: Hook): boolean {
  if (hook.kind === 'plain') return hook.name === 'leader-elected' && !leads(model, unit);
  if (hook.kind !== 'secret' || hook.name === 'secret-changed') return false;
  const owner = model.secrets[hook.secret]?.owner;
  return owner !== unit.name && !leads(model, unit);
}

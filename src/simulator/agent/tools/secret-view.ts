import { changeSecret } from '../../model/secret-changes.ts';
import type { SecretChange } from '../../model/secret-changes.ts';
import { isOwner, manages, notFound } from '../../model/secrets.ts';
import type { Secret } from '../../model/secrets.ts';
import { JujuError } from '../../model/errors.ts';
import type { Model } from '../../model/records.ts';
import { contextUnit } from '../hook-context.ts';
import type { HookContext } from '../hook-context.ts';

/** The model as it will be if the hook succeeds now; what cannot be written is left out, and fails the hook then. */
export function modelAfterHook({ pending, port, unit }: HookContext): Model {
  return pending.secrets.reduce((model, change) => {
    try {
      return changeSecret(model, unit, change);
    } catch (error) {
      if (error instanceof JujuError) return model;
      throw error;
    }
  }, port.model());
}

/** A secret that the unit may change, or Juju's refusal. */
export function managedSecret(id: string, context: HookContext): Secret {
  const model = modelAfterHook(context);
  const secret = model.secrets[id];
  const unit = contextUnit(context);
  if (secret === undefined || !isOwner(secret, unit)) throw notFound(id);
  if (manages(model, secret, unit)) return secret;
  throw new JujuError('this unit is not the leader');
}

/** Keeps a change until the hook's end; what is said of one secret in several calls becomes one change. */
export function keepChange({ pending }: Pick<HookContext, 'pending'>, change: SecretChange): void {
  const { secrets } = pending;
  const kept = secrets.filter((before) => !takesBack(change, before));
  secrets.splice(0, secrets.length, ...kept);
  const at = secrets.findIndex(({ kind, id }) => id === change.id && (kind === 'add' || kind === 'set'));
  const known = secrets[at];
  if (change.kind !== 'set' || known === undefined || !('fields' in known)) {
    secrets.push(change);
    return;
  }
  secrets[at] = { ...known, fields: { ...known.fields, ...change.fields } };
}

/**
 * Juju holds one change of each kind by the secret: what removes it, be it only a revision, forgets what was set, and the
 * other way round (Juju: uniter/runner/context/secrets.go).
 */
function takesBack(change: SecretChange, before: SecretChange): boolean {
  if (before.id !== change.id) return false;
  if (change.kind === 'remove') return before.kind !== 'remove' && before.kind !== 'add';
  return change.kind === 'set' && before.kind === 'remove';
}

import type { SecretHook } from './operation.ts';
import type { Model, Unit } from './records.ts';
import { after, nextRotation } from './secret-changes.ts';
import {
  allSecrets,
  isGranted,
  latestRevision,
  managedSecrets,
  withConsumer,
  withSecret,
} from './secrets.ts';
import type { Secret } from './secrets.ts';

/** An owner that did not act is asked again after this many ms (Juju: RotateRetryDelay, 5 m). */
const askAgain = 300_000;

/** The next hook about a secret: of one that the unit owns, or of one that it has read. */
export function nextSecretHook(model: Model, unit: Unit): SecretHook | undefined {
  if (unit.life !== 'alive') return undefined;
  for (const secret of managedSecrets(model, unit)) {
    const hook = expired(model, secret) ?? rotation(model, secret) ?? obsolete(secret);
    if (hook !== undefined) return hook;
  }
  for (const secret of allSecrets(model)) {
    const hook = changed(secret, unit);
    if (hook !== undefined) return hook;
  }
  return undefined;
}

/** Notes that a hook about a secret has run; the secret may be gone by then. */
export function commitSecretHook(model: Model, unit: string, hook: SecretHook): Model {
  const secret = model.secrets[hook.secret];
  if (secret === undefined) return model;
  switch (hook.name) {
    case 'secret-changed':
      return commitChanged(model, secret, { unit, told: hook.revision });
    case 'secret-remove':
      return withSecret(model, { ...secret, obsolete: [...secret.obsolete, hook.revision] });
    case 'secret-rotate': {
      const rotated = latestRevision(secret) > hook.revision;
      const rotates = rotated ? nextRotation(model, secret.rotate) : after(model, askAgain);
      return withSecret(model, { ...secret, rotates });
    }
    case 'secret-expired':
      return commitExpired(model, secret, hook.revision);
  }
}

/** Whether an owner is to be asked about a secret between two times, so that its agent must look. */
export function becomesDue(model: Model, now: string): boolean {
  const due = (time: string | undefined) => time !== undefined && time > model.now && time <= now;
  return Object.values(model.secrets).some(
    ({ rotates, revisions }) => due(rotates) || Object.values(revisions).some(({ expires }) => due(expires)),
  );
}

function expired({ now }: Model, secret: Secret): SecretHook | undefined {
  const revision = Object.entries(secret.revisions).find(
    ([, { expires }]) => expires !== undefined && expires <= now,
  );
  return revision && secretHook('secret-expired', secret, Number(revision[0]));
}

function rotation({ now }: Model, secret: Secret): SecretHook | undefined {
  if (secret.rotates === undefined || secret.rotates > now) return undefined;
  return secretHook('secret-rotate', secret, latestRevision(secret));
}

function obsolete(secret: Secret): SecretHook | undefined {
  const kept = [
    ...[latestRevision(secret), ...secret.obsolete],
    ...Object.values(secret.consumers).map(({ tracked }) => tracked),
  ];
  const revision = Object.keys(secret.revisions).find((number) => !kept.includes(Number(number)));
  return revision === undefined ? undefined : secretHook('secret-remove', secret, Number(revision));
}

function changed(secret: Secret, unit: Unit): SecretHook | undefined {
  const consumer = secret.consumers[unit.name];
  const latest = latestRevision(secret);
  if (consumer === undefined || consumer.told === latest || !isGranted(secret, unit)) return undefined;
  return { ...secretHook('secret-changed', secret, latest), label: consumer.label };
}

function secretHook(name: SecretHook['name'], { id, label }: Secret, revision: number): SecretHook {
  return { kind: 'secret', name, secret: id, label, revision };
}

function commitChanged(model: Model, { id, consumers }: Secret, seen: { unit: string; told: number }): Model {
  const consumer = consumers[seen.unit];
  if (consumer === undefined) return model;
  return withConsumer(model, id, { unit: seen.unit, consumer: { ...consumer, told: seen.told } });
}

function commitExpired(model: Model, secret: Secret, number: number): Model {
  const revision = secret.revisions[number];
  if (revision === undefined) return model;
  const revisions = { ...secret.revisions, [number]: { ...revision, expires: after(model, askAgain) } };
  return withSecret(model, { ...secret, revisions });
}

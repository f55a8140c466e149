import { JujuError } from './errors.ts';
import { leads } from './leadership.ts';
import type { Model, Relation, Unit } from './records.ts';

/** How often a secret's owner is asked to rotate it (Juju: core/secrets). */
export const rotatePolicies = ['never', 'hourly', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly'];

/** A secret's texts by key, as base64. */
export type SecretContent = Readonly<Record<string, string>>;

/** One revision of a secret. */
export interface SecretRevision {
  readonly content: SecretContent;
  /** When its owner is told that it has expired, RFC 3339. */
  readonly expires: string | undefined;
}

/** Who may read a secret: an application or a unit, while the relation of the grant lives. */
export interface SecretGrant {
  /** Undefined for a user's secret, which is granted without. */
  readonly relation: number | undefined;
  readonly target: string;
}

/** A unit that has read a secret that is not its own. */
export interface SecretConsumer {
  readonly label: string;
  /** Revision that a plain secret-get gives. */
  readonly tracked: number;
  /** Latest revision that secret-changed has told of. */
  readonly told: number;
}

/** A secret of a unit, of an application, or of the user, whose owner is the empty string. */
export interface Secret {
  /** The 20 characters of its URI. */
  readonly id: string;
  readonly owner: string;
  /** The owner's; of a user's secret its name. */
  readonly label: string;
  readonly description: string;
  readonly rotate: string;
  /** When its owner is asked to rotate it, RFC 3339. */
  readonly rotates: string | undefined;
  readonly revisions: Readonly<Record<number, SecretRevision>>;
  readonly grants: readonly SecretGrant[];
  /** By unit. */
  readonly consumers: Readonly<Record<string, SecretConsumer>>;
  /** Revisions that nobody tracks and of which the owner was told. */
  readonly obsolete: readonly number[];
}

/** The secret, or Juju's refusal. */
export function secretOf(model: Model, id: string): Secret {
  const secret = model.secrets[id];
  if (secret === undefined) throw notFound(id);
  return secret;
}

/** Juju's refusal of a secret that is not there, or not the caller's. */
export function notFound(id: string): JujuError {
  return new JujuError(`secret "${id}" not found`);
}

/** The latest revision's number. */
export function latestRevision({ revisions }: Pick<Secret, 'revisions'>): number {
  return Math.max(...Object.keys(revisions).map(Number));
}

/** Whether a unit is the owner, or one of the owning application's. */
export function isOwner({ owner }: Secret, { name, application }: Unit): boolean {
  return owner === name || owner === application;
}

/** Whether a unit may change the secret and is told of its fate: the owner, of an application its leader. */
export function manages(model: Model, secret: Secret, unit: Unit): boolean {
  return secret.owner === unit.name || (secret.owner === unit.application && leads(model, unit));
}

/** Whether the secret was granted to a unit, or to its application. */
export function isGranted({ grants }: Secret, { name, application }: Unit): boolean {
  return grants.some(({ target }) => target === name || target === application);
}

/** The secrets that a unit manages, by id. */
export function managedSecrets(model: Model, unit: Unit): readonly Secret[] {
  return allSecrets(model).filter((secret) => manages(model, secret, unit));
}

/** All secrets by id, so that events have an order. */
export function allSecrets(model: Model): readonly Secret[] {
  return Object.values(model.secrets).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The model with a secret, new or in its former one's place. */
export function withSecret(model: Model, secret: Secret): Model {
  return { ...model, secrets: { ...model.secrets, [secret.id]: secret } };
}

/** The model with a unit's reading of a secret kept. */
export function withConsumer(
  model: Model,
  id: string,
  reader: { readonly unit: string; readonly consumer: SecretConsumer },
): Model {
  const secret = secretOf(model, id);
  const consumers = { ...secret.consumers, [reader.unit]: reader.consumer };
  return withSecret(model, { ...secret, consumers });
}

/** Grants end with their relation. */
export function dropGrants(model: Model, relation: Relation['id']): Model {
  return mapSecrets(model, (secret) => ({
    ...secret,
    grants: secret.grants.filter((grant) => grant.relation !== relation),
  }));
}

/** A unit or an application is gone: with it go its secrets, what was granted to it, and what it tracked. */
export function forgetHolder(model: Model, name: string): Model {
  const left = Object.fromEntries(Object.entries(model.secrets).filter(([, { owner }]) => owner !== name));
  return mapSecrets({ ...model, secrets: left }, (secret) => ({
    ...secret,
    grants: secret.grants.filter(({ target }) => target !== name),
    consumers: Object.fromEntries(Object.entries(secret.consumers).filter(([unit]) => unit !== name)),
  }));
}

function mapSecrets(model: Model, change: (secret: Secret) => Secret): Model {
  const changed = Object.entries(model.secrets).map(([id, secret]) => [id, change(secret)] as const);
  return { ...model, secrets: Object.fromEntries(changed) };
}

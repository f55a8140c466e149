import { unitOf, without } from './access.ts';
import { JujuError } from './errors.ts';
import type { Model, Unit } from './records.ts';
import { isOwner, latestRevision, manages, notFound, secretOf, withSecret } from './secrets.ts';
import type { Secret, SecretContent, SecretGrant } from './secrets.ts';

/** What may be said of a secret when it is made or changed. */
export interface SecretFields {
  /** Absent leaves the content as it is. */
  readonly content?: SecretContent;
  readonly label?: string;
  readonly description?: string;
  readonly rotate?: string;
  /** RFC 3339. */
  readonly expires?: string;
}

/** A change of a secret by a hook, written when the hook has succeeded. */
export type SecretChange =
  | { readonly kind: 'add'; readonly id: string; readonly owner: string; readonly fields: SecretFields }
  | { readonly kind: 'set'; readonly id: string; readonly fields: SecretFields }
  | { readonly kind: 'grant' | 'revoke'; readonly id: string; readonly grant: SecretGrant }
  /** Without a revision: all of them. */
  | { readonly kind: 'remove'; readonly id: string; readonly revision?: number };

const day = 86_400_000;

/** Time between rotations in ms (Juju: core/secrets, NextRotateTime). */
const periods: Readonly<Record<string, number>> = {
  ...{ hourly: day / 24, daily: day, weekly: 7 * day, monthly: 30 * day, quarterly: 90 * day },
  yearly: 365 * day,
};

/** A time as the model writes it, so many ms after now. */
export function after(model: Pick<Model, 'now'>, ms: number): string {
  return new Date(Date.parse(model.now) + ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** When a secret is to be rotated next. */
export function nextRotation(model: Pick<Model, 'now'>, policy: string): string | undefined {
  const period = periods[policy];
  return period === undefined ? undefined : after(model, period);
}

/** Writes a unit's change; throws a `JujuError` for a secret that is not the unit's, which fails its hook. */
export function changeSecret(model: Model, name: string, change: SecretChange): Model {
  const unit = unitOf(model, name);
  if (change.kind === 'add') return addSecret(model, change, unit);
  const secret = ownSecret(model, change.id, unit);
  switch (change.kind) {
    case 'set':
      return withSecret(model, setFields(model, secret, change.fields));
    case 'grant': {
      const others = secret.grants.filter((grant) => !sameGrant(grant, change.grant));
      return withSecret(model, { ...secret, grants: [...others, change.grant] });
    }
    case 'revoke':
      return withSecret(model, {
        ...secret,
        grants: secret.grants.filter((grant) => !covers(change, grant)),
      });
    case 'remove':
      return removeRevision(model, secret, change.revision);
  }
}

/** A secret as it is after `secret-set`, or after the user's `update-secret`. */
export function setFields(model: Model, secret: Secret, fields: SecretFields): Secret {
  const { label = secret.label, description = secret.description, rotate = secret.rotate } = fields;
  checkLabel(model, { ...secret, label });
  const rotates = rotate === secret.rotate ? secret.rotates : nextRotation(model, rotate);
  const revisions = { ...secret.revisions, ...changedRevision(secret, fields) };
  return { ...secret, label, description, rotate, rotates, revisions };
}

/** Adds a secret; throws a `JujuError` if its owner has one of that label. */
export function newSecret(model: Model, facts: Pick<Secret, 'id' | 'owner'>, fields: SecretFields): Model {
  const { content = {}, label = '', description = '', rotate = 'never', expires } = fields;
  const secret: Secret = {
    ...{ ...facts, label, description, rotate, rotates: nextRotation(model, rotate) },
    ...{ revisions: { 1: { content, expires } }, grants: [], consumers: {}, obsolete: [] },
  };
  checkLabel(model, secret);
  return withSecret(model, secret);
}

function addSecret(model: Model, change: Extract<SecretChange, { kind: 'add' }>, unit: Unit): Model {
  const { id, owner, fields } = change;
  const added = newSecret(model, { id, owner }, fields);
  if (manages(model, secretOf(added, id), unit)) return added;
  throw new JujuError('this unit is not the leader');
}

function ownSecret(model: Model, id: string, unit: Unit): Secret {
  const secret = secretOf(model, id);
  if (manages(model, secret, unit)) return secret;
  throw isOwner(secret, unit) ? new JujuError('this unit is not the leader') : notFound(id);
}

/** The revision that content or an expiry makes; equal content makes none (Juju 3.6 compares checksums). */
function changedRevision(secret: Secret, { content, expires }: SecretFields) {
  const latest = latestRevision(secret);
  const current = secret.revisions[latest];
  if (current === undefined) return {};
  if (content !== undefined && !sameContent(content, current.content)) {
    return { [latest + 1]: { content, expires } };
  }
  return expires === undefined ? {} : { [latest]: { ...current, expires } };
}

function sameContent(a: SecretContent, b: SecretContent): boolean {
  const sorted = (content: SecretContent) => JSON.stringify(Object.entries(content).sort());
  return sorted(a) === sorted(b);
}

function checkLabel(model: Model, { id, owner, label }: Secret): void {
  const taken = Object.values(model.secrets).some(
    (other) => other.id !== id && other.owner === owner && other.label === label,
  );
  if (label === '' || !taken) return;
  throw new JujuError(`secret with ${owner === '' ? 'name' : 'label'} "${label}" already exists`);
}

function sameGrant(a: SecretGrant, b: SecretGrant): boolean {
  return a.relation === b.relation && a.target === b.target;
}

function covers({ grant }: { readonly grant: SecretGrant }, given: SecretGrant): boolean {
  return given.target === grant.target && (grant.relation === undefined || grant.relation === given.relation);
}

function removeRevision(model: Model, secret: Secret, revision: number | undefined): Model {
  const { [revision ?? 0]: removed, ...revisions } = secret.revisions;
  if (revision !== undefined && removed === undefined) {
    throw new JujuError(`secret revision "${secret.id}/${revision}" not found`);
  }
  if (revision === undefined || Object.keys(revisions).length === 0) {
    return { ...model, secrets: without(model.secrets, secret.id) };
  }
  return withSecret(model, { ...secret, revisions });
}

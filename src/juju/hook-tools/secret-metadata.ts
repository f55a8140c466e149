import * as z from 'zod/mini';

/** How often Juju asks the owner for a new revision, by the event `secret-rotate`. */
export type SecretRotation = (typeof rotations)[number];

/** Whose a secret is: the application's, which only its leader may change, or this unit's. */
export type SecretOwner = 'application' | 'unit';

/** When a revision ends, which the event `secret-expired` tells: a point in time, or one this far ahead. */
export type SecretExpiry = Date | { readonly seconds: number };

/** What Juju knows of a secret of ours; its texts are not among it. */
export interface SecretMetadata {
  /** Such as `secret:9m4e2mr0ui3e8a215n4g`. */
  readonly id: string;
  /** The latest. */
  readonly revision: number;
  readonly label: string | undefined;
  readonly owner: SecretOwner;
  readonly description: string | undefined;
  readonly rotation: SecretRotation;
  /** When the latest revision expires. */
  readonly expiresAt: Date | undefined;
  /** When it is to be rotated next. */
  readonly rotatesAt: Date | undefined;
  readonly access: readonly SecretAccess[];
}

/** One grant of a secret. Juju writes tags: `application-pg`, `unit-pg-0`, `relation-pg.db#mimir.db`. */
export interface SecretAccess {
  readonly target: string;
  readonly scope: string;
  /** Such as `view`. */
  readonly role: string;
}

/** Juju: core/secrets, RotatePolicy. */
const rotations = ['never', 'hourly', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly'] as const;

const text = () =>
  z.pipe(
    z._default(z.string(), ''),
    z.transform((value) => (value === '' ? undefined : value)),
  );
const time = () =>
  z.optional(
    z.pipe(
      z.iso.datetime({ offset: true }),
      z.transform((value) => new Date(value)),
    ),
  );

/** The answer of secret-info-get, which is the secret's metadata by its id (Juju: jujuc/secret-info-get.go). */
export const secretMetadata = () =>
  z.pipe(
    z.record(
      z.string(),
      z.object({
        revision: z.int(),
        label: text(),
        owner: z.enum(['application', 'unit']),
        description: text(),
        rotation: z._default(z.enum(rotations), 'never'),
        expiry: time(),
        rotates: time(),
        access: z.nullish(z.array(z.object({ target: z.string(), scope: z.string(), role: z.string() }))),
      }),
    ),
    z.transform((answer): SecretMetadata | undefined => {
      const [entry] = Object.entries(answer);
      if (entry === undefined) return undefined;
      const [id, { expiry, rotates, access, ...rest }] = entry;
      return { id: secretUri(id), ...rest, expiresAt: expiry, rotatesAt: rotates, access: access ?? [] };
    }),
  );

/** The form in which Juju names a secret in events and takes it everywhere; some tools print the bare id. */
export function secretUri(id: string): string {
  return id.startsWith('secret:') ? id : `secret:${id}`;
}

/** An expiry as `--expire` reads it: RFC 3339, or a Go duration. */
export function expirySpec(expiry: SecretExpiry): string {
  return expiry instanceof Date ? expiry.toISOString() : `${expiry.seconds}s`;
}

/**
 * Tells whether a text is a secret's URI: secret-get fails the whole hook for any other. An xid is 96 bits in base 32, so
 * that its last character holds one bit (Juju: core/secrets, ParseURI).
 */
export function isSecretUri(text: string): boolean {
  return /^(secret:(\/\/[0-9a-f-]{36}\/)?)?[0-9a-v]{19}[0g]$/.test(text);
}

import type { HookToolTransport } from '../transport/transport.ts';
import { runTool } from './run.ts';
import { withSecretFile, type SecretValues } from './secret-file.ts';
import { expirySpec, type SecretExpiry, type SecretOwner, type SecretRotation } from './secret-metadata.ts';

/** What to change of a secret; what is left out stays as it is. */
export interface SecretChange {
  /**
   * All values of a new revision. Keys have three characters or more of `a-z`, `0-9` and inner single dashes, and begin
   * with a letter; a megabyte in all, in base64 (Juju: core/secrets, CreateSecretData).
   */
  readonly values?: SecretValues;
  /** A name for the owner's own use; unique among the owner's secrets. */
  readonly label?: string;
  readonly description?: string;
  readonly rotation?: SecretRotation;
  readonly expiry?: SecretExpiry;
}

/** A secret to be made. */
export interface NewSecret extends SecretChange {
  readonly values: SecretValues;
  readonly owner: SecretOwner;
}

/** Who is to see a secret, as long as the relation lives: all units of the remote application, or one of them. */
export interface SecretGrant {
  readonly relation: number;
  readonly unit?: string;
}

/**
 * Whose sight of a secret ends. In the hooks of a relation Juju takes that relation as given, and refuses an `app`
 * (Juju: jujuc/secret-revoke.go).
 */
export type SecretRevocation = SecretGrant | { readonly app: string } | { readonly unit: string };

/**
 * Makes and changes secrets. All but a new secret's id is sent when the hook ends well; changing one that is not there
 * or not ours fails only then, and with it the whole hook (Juju: runner/context).
 */
export interface SecretChangeTools {
  /** Makes a secret and returns its id, such as `secret:9m4e2mr0ui3e8a215n4g`. */
  secretAdd(secret: NewSecret): Promise<string>;
  /** Changes a secret in one call, or makes none if there is nothing to change. */
  secretSet(id: string, change: SecretChange): Promise<void>;
  secretGrant(id: string, grant: SecretGrant): Promise<void>;
  secretRevoke(id: string, revocation: SecretRevocation): Promise<void>;
  /** Removes one revision of a secret, or all of it. */
  secretRemove(id: string, revision?: number): Promise<void>;
}

/** Changing tools of the secret family over `transport`. */
export function createSecretChangeTools(transport: HookToolTransport): SecretChangeTools {
  const run = (tool: string, args: readonly string[]) => runTool(transport, { tool, args });
  return {
    secretAdd: async ({ owner, values, ...metadata }) => {
      const flags = ['--owner', owner, ...metadataFlags(metadata)];
      const id = await withSecretFile(values, (file) => run('secret-add', [...flags, '--file', file]));
      return id.trim();
    },
    secretSet: async (id, { values = {}, ...metadata }) => {
      const flags = metadataFlags(metadata);
      if (Object.keys(values).length > 0) {
        await withSecretFile(values, (file) => run('secret-set', [id, ...flags, '--file', file]));
      } else if (flags.length > 0) {
        await run('secret-set', [id, ...flags]);
      }
    },
    secretGrant: async (id, grant) => {
      await run('secret-grant', [id, ...granteeFlags(grant)]);
    },
    secretRevoke: async (id, revocation) => {
      await run('secret-revoke', [id, ...granteeFlags(revocation)]);
    },
    secretRemove: async (id, revision) => {
      await run('secret-remove', [id, ...(revision === undefined ? [] : ['--revision', String(revision)])]);
    },
  };
}

function metadataFlags({ label, description, rotation, expiry }: Omit<SecretChange, 'values'>) {
  return [
    ...(label === undefined ? [] : ['--label', label]),
    ...(description === undefined ? [] : ['--description', description]),
    ...(rotation === undefined ? [] : ['--rotate', rotation]),
    ...(expiry === undefined ? [] : ['--expire', expirySpec(expiry)]),
  ];
}

function granteeFlags(grantee: SecretRevocation): readonly string[] {
  return [
    ...('relation' in grantee ? ['-r', String(grantee.relation)] : []),
    ...('app' in grantee ? ['--app', grantee.app] : []),
    ...('unit' in grantee ? ['--unit', grantee.unit] : []),
  ];
}

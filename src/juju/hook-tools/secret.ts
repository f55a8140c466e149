import * as z from 'zod/mini';
import { Redacted } from '../redacted.ts';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, readJson, type JsonReading } from './run.ts';
import { secretMetadata, secretUri, type SecretMetadata } from './secret-metadata.ts';

/** `refresh` reads the latest revision and tracks it, `peek` reads it once; else the tracked one is read. */
export interface SecretRevisionChoice {
  readonly revision?: 'refresh' | 'peek';
}

/** Which secret to read; with an id, a label is remembered for it from then on (Juju: secret-get). */
export type SecretQuery = SecretRevisionChoice &
  ({ readonly id: string; readonly label?: string } | { readonly label: string });

/** Which value of a secret to read: Juju takes a key only with an id. */
export interface SecretValueQuery extends SecretRevisionChoice {
  readonly id: string;
  readonly key: string;
}

/** A secret's texts by key. */
export type SecretContent = Readonly<Record<string, Redacted>>;

/** Reads secrets of Juju. */
export interface SecretTools {
  /**
   * A secret's content; undefined if there is no such secret, or if it was not granted to this application. Juju spoils
   * values that are not text: see `secretBytes`.
   */
  secretGet(query: SecretQuery): Promise<SecretContent | undefined>;
  /** One value of a secret, byte for byte; undefined if there is no such secret or key, or if it was not granted. */
  secretBytes(query: SecretValueQuery): Promise<Redacted<Buffer> | undefined>;
  /** What Juju knows of a secret of ours; undefined if there is none, also if it is another application's. */
  secretInfo(
    query: { readonly id: string } | { readonly label: string },
  ): Promise<SecretMetadata | undefined>;
  /** Ids of this unit's own secrets, and the application's on its leader, sorted. */
  secretIds(): Promise<readonly string[]>;
}

const content = () =>
  z.record(
    z.string(),
    z.pipe(
      z.string(),
      z.transform((text) => new Redacted(text)),
    ),
  );
const bytes = () =>
  z.pipe(
    z.base64(),
    z.transform((text) => new Redacted(Buffer.from(text, 'base64'))),
  );

/** Juju: jujuc/secret-get.go, core/secrets; a user's secret that was not granted is `permission denied`. */
const unreachable = /(secret|secret key value|consumer label) "[^"]*" not found|permission denied/;

/** Reading tools of the secret family over `transport`. */
export function createSecretTools(transport: HookToolTransport): SecretTools {
  return {
    secretGet: (query) => {
      const id = 'id' in query ? [query.id] : [];
      const args = [asJson, ...id, ...labelFlag(query.label), ...revisionFlag(query)];
      return readJson(transport, { tool: 'secret-get', args }, orUnreachable(z.optional(content()), {}));
    },
    secretBytes: (query) => {
      const args = [asJson, query.id, ...revisionFlag(query), `${query.key}#base64`];
      const reading = orUnreachable(z.optional(bytes()), new Redacted(Buffer.alloc(0)));
      return readJson(transport, { tool: 'secret-get', args }, reading);
    },
    secretInfo: (query) => {
      const args = [asJson, ...('id' in query ? [query.id] : labelFlag(query.label))];
      return readJson(
        transport,
        { tool: 'secret-info-get', args },
        orUnreachable(secretMetadata(), undefined),
      );
    },
    secretIds: async () => {
      const call = { tool: 'secret-ids', args: [asJson] };
      const ids = await readJson(transport, call, { schema: z.array(z.string()), absent: [] });
      return ids.map(secretUri).toSorted();
    },
  };
}

function labelFlag(label: string | undefined): readonly string[] {
  return label === undefined ? [] : ['--label', label];
}

function revisionFlag({ revision }: SecretRevisionChoice): readonly string[] {
  return revision === undefined ? [] : [`--${revision}`];
}

function orUnreachable<T>(
  schema: z.ZodMiniType<T | undefined>,
  absent: T | undefined,
): JsonReading<T | undefined> {
  return { schema, absent, expected: { failure: unreachable, value: undefined } };
}

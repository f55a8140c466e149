import { z } from 'zod';
import { Redacted } from '../redacted.ts';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, readJson } from './run.ts';

/** Which secret to read; with an id, a label is remembered for it from then on (Juju: secret-get). */
export type SecretQuery = ({ readonly id: string; readonly label?: string } | { readonly label: string }) & {
  /** `refresh` reads the latest revision and tracks it, `peek` reads it once; else the tracked one is read. */
  readonly revision?: 'refresh' | 'peek';
};

/** A secret's texts by key. */
export type SecretContent = Readonly<Record<string, Redacted>>;

/** Secrets of Juju. */
export interface SecretTools {
  /** A secret's content; undefined if there is no such secret, or if it was not granted to this application. */
  secretGet(query: SecretQuery): Promise<SecretContent | undefined>;
}

const content = z.record(
  z.string(),
  z.string().transform((text) => new Redacted(text)),
);

/** Juju: jujuc/secret-get.go; a user's secret that was not granted is `permission denied`. */
const unreachable = /secret "[^"]*" not found|consumer label "[^"]*" not found|permission denied/;

/** Tools of the secret family over `transport`. */
export function createSecretTools(transport: HookToolTransport): SecretTools {
  return {
    secretGet: (query) => {
      const id = 'id' in query ? [query.id] : [];
      const label = query.label === undefined ? [] : ['--label', query.label];
      const revision = query.revision === undefined ? [] : [`--${query.revision}`];
      return readJson(
        transport,
        { tool: 'secret-get', args: [asJson, ...id, ...label, ...revision] },
        {
          schema: content.optional(),
          absent: {},
          expected: { failure: unreachable, value: undefined },
        },
      );
    },
  };
}

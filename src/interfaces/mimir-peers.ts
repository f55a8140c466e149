import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The keys that we own. */
export const keys = { unit: ['hostname'] } as const;

/** What a unit tells its peers. */
export interface Peer {
  /** Fully qualified name of the unit. */
  readonly hostname: string;
}

const hostname = z.string().check(z.regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'not a host name'));
/** `peer_hostname` is what the first Mimir charm wrote; during an upgrade from it both occur. */
const schema = z.object({ hostname: z.optional(hostname), peer_hostname: z.optional(hostname) });

/** Reads a peer's unit bag; undefined if it has not written its name yet. */
export function read(bag: Databag): Result<Peer | undefined> {
  const result = readAs(schema, bag);
  if (!result.ok) return result;
  const name = result.value.hostname ?? result.value.peer_hostname;
  return { ok: true, value: name === undefined ? undefined : { hostname: name } };
}

/** What a unit publishes in its unit bag. */
export function publish({ hostname: name }: Peer): Databag {
  return { hostname: name };
}

import { isIP } from 'node:net';
import * as z from 'zod/mini';
import type { Databag } from '../juju/databag.ts';
import { readAs } from './result.ts';
import type { Result } from './result.ts';

/** The keys of a provider's unit bag, which is a memcached; we write nothing. */
export const keys = { providerUnit: ['host', 'port', 'udp-port'] } as const;

/** Where one memcached listens. */
export interface Memcached {
  /** Name in lower case, or address without brackets. */
  readonly host: string;
  readonly port: number;
}

const name = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/;
const schema = () =>
  z.object({
    host: z
      .string()
      .check(z.refine((text) => isIP(text) !== 0 || name.test(text), 'not a host name or address')),
    port: z
      .string()
      .check(
        z.refine(
          (text) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535,
          'not a port, such as 11211',
        ),
      ),
  });

/** Reads a unit's bag; undefined while it has not written anything. */
export function read({ host, port }: Databag): Result<Memcached | undefined> {
  if ((host ?? '') === '' && (port ?? '') === '') return { ok: true, value: undefined };
  const result = readAs(schema(), { host: host ?? '', port: port ?? '' });
  if (!result.ok) return result;
  return { ok: true, value: { host: result.value.host.toLowerCase(), port: Number(result.value.port) } };
}

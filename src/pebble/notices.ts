import * as z from 'zod/mini';

import { callSync } from './api.ts';
import type { PebbleTransport } from './transport.ts';

/** Something that happened once or more often, kept by Pebble for seven days. */
export interface Notice {
  readonly id: string;
  /** `custom`, `change-update`, `warning` … */
  readonly type: string;
  /** `example.com/path` for custom notices, a change's id for `change-update`. */
  readonly key: string;
  readonly firstOccurred: string;
  readonly lastOccurred: string;
  readonly lastRepeated: string;
  readonly occurrences: number;
  readonly lastData: Readonly<Record<string, string>>;
}

/** Which notices to read; all of this user and of no user if empty. */
export interface NoticeQuery {
  readonly types?: readonly string[];
  readonly keys?: readonly string[];
  /** Only those last repeated after this time (RFC 3339). */
  readonly after?: string;
}

/** A custom notice to record. */
export interface NoticeToAdd {
  /** `example.com/path`, up to 256 bytes. */
  readonly key: string;
  /** Up to 4 KiB as JSON. */
  readonly data?: Readonly<Record<string, string>>;
  /** Milliseconds in which another occurrence does not count as a repeat. */
  readonly repeatAfterMs?: number;
}

/** Calls that are about notices. */
export interface NoticeCalls {
  /** Notices, in the order of their last repeat. */
  notices(query?: NoticeQuery): Promise<readonly Notice[]>;
  /** Records an occurrence of a custom notice, and returns the notice's id. */
  notify(notice: NoticeToAdd): Promise<string>;
}

const notice = () =>
  z.pipe(
    z.object({
      id: z.string(),
      type: z.string(),
      key: z.string(),
      'first-occurred': z.string(),
      'last-occurred': z.string(),
      'last-repeated': z.string(),
      occurrences: z.number(),
      'last-data': z._default(z.record(z.string(), z.string()), {}),
    }),
    z.transform((found): Notice => ({
      id: found.id,
      type: found.type,
      key: found.key,
      firstOccurred: found['first-occurred'],
      lastOccurred: found['last-occurred'],
      lastRepeated: found['last-repeated'],
      occurrences: found.occurrences,
      lastData: found['last-data'],
    })),
  );

/** Binds the calls to a transport. */
export function noticeCalls(transport: PebbleTransport): NoticeCalls {
  return {
    notices: ({ types, keys, after } = {}) =>
      callSync(transport, {
        doing: 'read notices',
        path: '/v1/notices',
        query: { types, keys, after },
        result: z.array(notice()),
      }),
    notify: async ({ key, data, repeatAfterMs }) => {
      const repeat = repeatAfterMs === undefined ? undefined : `${repeatAfterMs}ms`;
      const body = { action: 'add', type: 'custom', key, data, 'repeat-after': repeat };
      const result = z.object({ id: z.string() });
      return (await callSync(transport, { doing: `notify ${key}`, path: '/v1/notices', body, result })).id;
    },
  };
}

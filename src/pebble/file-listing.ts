import * as z from 'zod/mini';

import { callSync } from './api.ts';
import { PebbleApiError } from './errors.ts';
import type { PebbleTransport } from './transport.ts';

/** A file or folder, as a listing shows it. */
export interface FileEntry {
  readonly path: string;
  readonly name: string;
  /** `file`, `directory`, `symlink`, `socket`, `named-pipe`, `device` or `unknown`. */
  readonly type: string;
  /** Bytes; of files only. */
  readonly size?: number | undefined;
  /** Three octal digits. */
  readonly permissions: string;
  /** RFC 3339, in whole seconds. */
  readonly lastModified: string;
  readonly userId?: number | undefined;
  readonly user?: string | undefined;
  readonly groupId?: number | undefined;
  readonly group?: string | undefined;
}

const entry = () =>
  z.pipe(
    z.object({
      path: z.string(),
      name: z.string(),
      type: z.string(),
      size: z.optional(z.number()),
      permissions: z.string(),
      'last-modified': z.string(),
      'user-id': z.nullish(z.number()),
      user: z.optional(z.string()),
      'group-id': z.nullish(z.number()),
      group: z.optional(z.string()),
    }),
    z.transform(
      ({ 'last-modified': lastModified, 'user-id': userId, 'group-id': groupId, ...rest }): FileEntry => ({
        ...rest,
        lastModified,
        userId: userId ?? undefined,
        groupId: groupId ?? undefined,
      }),
    ),
  );

/** Lists a folder, or the one entry of a file; returns undefined if the path is missing. */
export async function listFiles(
  transport: PebbleTransport,
  path: string,
): Promise<readonly FileEntry[] | undefined> {
  try {
    const query = { action: 'list', path };
    return await callSync(transport, {
      doing: `list ${path}`,
      path: '/v1/files',
      query,
      result: z.array(entry()),
    });
  } catch (error) {
    if (error instanceof PebbleApiError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

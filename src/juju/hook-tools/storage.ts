import * as z from 'zod/mini';
import type { HookToolTransport } from '../transport/transport.ts';
import { asJson, readJson, runTool } from './run.ts';

/** A storage that is attached to the unit. */
export interface StorageAttachment {
  /** Such as `filesystem`. */
  readonly kind: string;
  /** Where it is mounted in the charm's container. */
  readonly location: string;
}

/** The unit's storage. */
export interface StorageTools {
  /** Ids such as `data/0` of the attached storages, or of those that have this name. */
  storageList(name?: string): Promise<readonly string[]>;
  /** An attached storage; undefined if Juju says nothing of it. */
  storageGet(id: string): Promise<StorageAttachment | undefined>;
  /** Asks for more instances of a storage of the charm's metadata, when the hook ends well; each has its storage-attached. */
  storageAdd(name: string, count?: number): Promise<void>;
}

const attachment = () => z.object({ kind: z.string(), location: z.string() });

/** Tools of the storage family over `transport`. */
export function createStorageTools(transport: HookToolTransport): StorageTools {
  return {
    storageList: (name) =>
      readJson(
        transport,
        { tool: 'storage-list', args: name === undefined ? [asJson] : [asJson, name] },
        { schema: z.array(z.string()), absent: [] },
      ),
    storageGet: (id) =>
      readJson(
        transport,
        { tool: 'storage-get', args: [asJson, '-s', id] },
        { schema: z.optional(attachment()), absent: undefined },
      ),
    storageAdd: async (name, count = 1) => {
      await runTool(transport, { tool: 'storage-add', args: [`${name}=${count}`] });
    },
  };
}

import type { HookToolTransport } from '../transport/transport.ts';
import { createActionTools, type ActionTools } from './action.ts';
import { createConfigTools, type ConfigTools } from './config.ts';
import { createNetworkTools, type NetworkTools } from './network.ts';
import { createPortTools, type PortTools } from './port.ts';
import { createRelationTools, type RelationTools } from './relation.ts';
import { createSecretTools, type SecretTools } from './secret.ts';
import { createStatusTools, type StatusTools } from './status.ts';
import { createStorageTools, type StorageTools } from './storage.ts';

/**
 * Juju's hook tools as functions: each makes one call, and throws HookToolError if the tool failed, or TransportError if
 * Juju could not be reached.
 */
export interface HookTools
  extends
    ActionTools,
    ConfigTools,
    NetworkTools,
    PortTools,
    RelationTools,
    SecretTools,
    StatusTools,
    StorageTools {}

/** All hook tools over `transport`, which stays the caller's to close. */
export function createHookTools(transport: HookToolTransport): HookTools {
  return {
    ...createActionTools(transport),
    ...createConfigTools(transport),
    ...createNetworkTools(transport),
    ...createPortTools(transport),
    ...createRelationTools(transport),
    ...createSecretTools(transport),
    ...createStatusTools(transport),
    ...createStorageTools(transport),
  };
}

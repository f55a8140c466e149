import type { HookToolTransport } from '../transport/transport.ts';
import { createActionTools, type ActionTools } from './action.ts';
import { createConfigTools, type ConfigTools } from './config.ts';
import { createNetworkTools, type NetworkTools } from './network.ts';
import { createPortTools, type PortTools } from './port.ts';
import { createRelationTools, type RelationTools } from './relation.ts';
import { createSecretChangeTools, type SecretChangeTools } from './secret-change.ts';
import { createSecretTools, type SecretTools } from './secret.ts';
import { createStateTools, type StateTools } from './state.ts';
import { createStatusTools, type StatusTools } from './status.ts';
import { createStorageTools, type StorageTools } from './storage.ts';

/**
 * Juju's hook tools as functions: each makes one call, and throws HookToolError if the tool failed, or TransportError if
 * Juju could not be reached.
 *
 * Left out is what has no use in a sidecar charm: juju-reboot and credential-get, which Kubernetes models refuse or have
 * nothing to do for; leader-get and -set, add-metric, payload-*, k8s-raw-* and k8s-spec-*, which ended with Juju 2.9 or
 * serve pod-spec charms; and flags that only print another form (Juju: internal/worker/uniter/runner/jujuc).
 */
export interface HookTools
  extends
    ActionTools,
    ConfigTools,
    NetworkTools,
    PortTools,
    RelationTools,
    SecretChangeTools,
    SecretTools,
    StateTools,
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
    ...createSecretChangeTools(transport),
    ...createSecretTools(transport),
    ...createStateTools(transport),
    ...createStatusTools(transport),
    ...createStorageTools(transport),
  };
}

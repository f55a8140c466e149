export type { Databag } from './databag.ts';
export { readEnvironment } from './environment.ts';
export type { AgentSocketAddress, DispatchVariables, Environment, Variables } from './environment.ts';
export { HookToolError, TransportError } from './errors.ts';
export type { Event, EventFacts, EventKind, EventOf } from './event.ts';
export type { ActionValues } from './hook-tools/action.ts';
export type { ConfigValue, GoalState } from './hook-tools/config.ts';
export { createHookTools } from './hook-tools/hook-tools.ts';
export type { HookTools } from './hook-tools/hook-tools.ts';
export type { Network } from './hook-tools/network.ts';
export type { DatabagOwner, RelationWrite } from './hook-tools/relation.ts';
export type { OpenedPort } from './hook-tools/port.ts';
export type { NewSecret, SecretChange, SecretGrant, SecretRevocation } from './hook-tools/secret-change.ts';
export type { SecretValues } from './hook-tools/secret-file.ts';
export type {
  SecretAccess,
  SecretExpiry,
  SecretMetadata,
  SecretOwner,
  SecretRotation,
} from './hook-tools/secret-metadata.ts';
export { isSecretUri } from './hook-tools/secret-metadata.ts';
export type { SecretContent, SecretQuery, SecretValueQuery } from './hook-tools/secret.ts';
export type { LogLevel, StatusReport, StatusSetting } from './hook-tools/status.ts';
export type { StorageAttachment } from './hook-tools/storage.ts';
export { createJujuLogger } from './logger.ts';
export type { Logger } from './logger.ts';
export { parseEvent } from './parse-event.ts';
export { Redacted } from './redacted.ts';
export type { StatusName } from './status.ts';
export type { Topology } from './topology.ts';
export { createTransport } from './transport/choose.ts';
export type { TransportOptions } from './transport/choose.ts';
export type { HookToolTransport, ToolCall, ToolOutput } from './transport/transport.ts';

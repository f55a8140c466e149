export type { Change, ChangeCalls, Task } from './changes.ts';
export type { CheckCalls, CheckLevel, CheckState } from './checks.ts';
export { createPebbleClient } from './client.ts';
export type { PebbleClient } from './client.ts';
export {
  PebbleApiError,
  PebbleChangeError,
  PebbleError,
  PebbleTimeoutError,
  PebbleUnreachableError,
} from './errors.ts';
export type { PebbleErrorFacts, PebbleErrorKind } from './errors.ts';
export type { ExecCalls, ExecRequest, ExecResult } from './exec.ts';
export type { FileEntry } from './file-listing.ts';
export type { FileCalls, FileToWrite } from './files.ts';
export { parsePlan, renderLayer } from './layer.ts';
export type {
  Check,
  Duration,
  Layer,
  LayerCalls,
  LogTarget,
  Override,
  PebblePlan,
  Service,
  ServiceAction,
} from './layer.ts';
export type { LogCalls, LogLine, LogQuery } from './logs.ts';
export type { Notice, NoticeCalls, NoticeQuery, NoticeToAdd } from './notices.ts';
export type { ServiceCalls, ServiceCurrent, ServiceState, WaitOptions } from './services.ts';
export type { SignalCalls } from './signals.ts';
export type { SystemCalls, SystemInfo } from './system.ts';
export { createPebbleTransport } from './transport.ts';
export type {
  PebbleAnswer,
  PebbleRequest,
  PebbleTransport,
  PebbleTransportOptions,
  PebbleUpgrade,
} from './transport.ts';

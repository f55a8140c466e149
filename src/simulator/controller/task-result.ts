import { isUtf8 } from 'node:buffer';
import type { DispatchEnd } from '../agent/dispatch.ts';
import type { HookContext } from '../agent/hook-context.ts';
import type { TaskResult } from './world.ts';

/** How an action's or command's dispatch ended. */
export interface TaskEnd {
  readonly context: HookContext;
  /** Undefined if it could not be started. */
  readonly end: DispatchEnd | undefined;
  readonly committed: boolean;
  readonly log: readonly string[];
}

/** What `juju run` shows (Juju: runner.go, context.go finalizeAction). */
export function taskResult({ context, end, committed, log }: TaskEnd): TaskResult {
  const { unit, operation, action } = context;
  const facts = {
    id: operation.kind === 'action' || operation.kind === 'exec' ? operation.id : '',
    unit,
    log,
  };
  if (end?.kind !== 'ended') {
    return { ...facts, status: 'failed', message: notRun(end, unit), results: action.values };
  }
  const results = { ...action.values, 'return-code': end.code ?? -1, ...streams(end) };
  const message = action.failure ?? failureOf(end, committed);
  return message === undefined
    ? { ...facts, status: 'completed', results }
    : { ...facts, status: 'failed', message, results };
}

function notRun(end: DispatchEnd | undefined, unit: string): string {
  return end?.kind === 'missing'
    ? `action not implemented on unit "${unit}"`
    : 'the action could not be started';
}

function streams({ stdout, stderr }: Extract<DispatchEnd, { kind: 'ended' }>): Record<string, string> {
  return { ...stream('stdout', stdout), ...stream('stderr', stderr) };
}

function stream(name: string, output: Buffer): Record<string, string> {
  if (output.length === 0) return {};
  if (isUtf8(output)) return { [name]: output.toString() };
  return { [name]: output.toString('base64'), [`${name}-encoding`]: 'base64' };
}

function failureOf(end: Extract<DispatchEnd, { kind: 'ended' }>, committed: boolean): string | undefined {
  if (end.signal !== undefined) return `signal: ${end.signal}`;
  if (end.code !== 0) return `exit status ${end.code ?? -1}`;
  return committed ? undefined : 'committing requested changes failed';
}

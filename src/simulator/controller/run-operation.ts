import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dispatch } from '../agent/dispatch.ts';
import type { DispatchEnd } from '../agent/dispatch.ts';
import { createHookContext, forgetTold, pendingChanges } from '../agent/hook-context.ts';
import type { AgentPort, HookContext } from '../agent/hook-context.ts';
import { begin, finish } from '../model/finish.ts';
import { JujuError } from '../model/errors.ts';
import { isPebbleReady } from '../model/operation.ts';
import type { Operation, Outcome } from '../model/operation.ts';
import { taskResult } from './task-result.ts';
import { podName } from './world.ts';
import type { World } from './world.ts';

/** Runs one operation of a unit to its end, and commits or drops what it left. */
export async function runOperation(world: World, unit: string, operation: Operation): Promise<void> {
  const runtime = world.runtime(unit);
  world.update((model) => begin(model, unit, operation));
  forgetTold(runtime.cache, operation);
  const context = createHookContext({
    ...{ id: contextId(unit, operation), unit, operation, cache: runtime.cache },
    port: agentPort(world, unit),
  });
  const { cluster } = world.options;
  const request = { context, cluster, pod: podName(unit), observer: runtime.observer };
  const end = await dispatch(request).catch((error: unknown) => {
    logAgent(context, 'ERROR', error instanceof Error ? error.message : String(error));
    return undefined;
  });
  if (operation.kind === 'workload' && isPebbleReady(operation) && !succeeded(end)) {
    runtime.bootIds.delete(operation.container);
  }
  commit(world, context, end);
}

function commit(world: World, context: HookContext, end: DispatchEnd | undefined): void {
  const { unit, operation } = context;
  const outcome = outcomeOf(context, end);
  const committed = tryFinish(world, context, outcome);
  if (operation.kind !== 'action' && operation.kind !== 'exec') return;
  world.tasks
    .get(operation.id)
    ?.done(taskResult({ context, end, committed, log: logOf(world, operation.id) }));
  world.tasks.delete(operation.id);
  logAgent(context, 'INFO', `${operation.kind} ${operation.id} of ${unit} ended`);
}

function logOf(world: World, id: string): readonly string[] {
  return world.tasks.get(id)?.messages ?? [];
}

/** Whether the changes could be written; if not, the operation failed. */
function tryFinish(world: World, context: HookContext, outcome: Outcome): boolean {
  const { unit, operation } = context;
  try {
    world.update((model) => finish(model, unit, { operation, outcome }));
    return true;
  } catch (error) {
    if (!(error instanceof JujuError)) throw error;
    logAgent(context, 'ERROR', `committing requested changes failed: ${error.message}`);
    world.update((model) => finish(model, unit, { operation, outcome: { kind: 'failed' } }));
    return false;
  }
}

function outcomeOf(context: HookContext, end: DispatchEnd | undefined): Outcome {
  const { operation } = context;
  if (end?.kind === 'missing') {
    logAgent(context, 'INFO', `skipped "${operation.name}" hook (missing)`);
    return { kind: 'success', changes: pendingChanges(context) };
  }
  if (succeeded(end)) {
    logAgent(context, 'INFO', `ran "${operation.name}" hook (via hook dispatching script: dispatch)`);
    return { kind: 'success', changes: pendingChanges(context) };
  }
  return failureOf(context, end);
}

function failureOf(
  context: HookContext,
  end: Exclude<DispatchEnd, { kind: 'missing' }> | undefined,
): Outcome {
  const { operation } = context;
  const signal = end?.signal;
  if (signal === 'SIGTERM' || signal === 'SIGKILL') {
    logAgent(context, 'WARNING', `hook "${operation.name}" was terminated (${signal})`);
    return { kind: 'terminated' };
  }
  const why = end === undefined ? 'it did not start' : `exit status ${end.code ?? -1}`;
  logAgent(
    context,
    'ERROR',
    `hook "${operation.name}" (via hook dispatching script: dispatch) failed: ${why}`,
  );
  return { kind: 'failed' };
}

function succeeded(end: DispatchEnd | undefined): boolean {
  return end?.kind === 'missing' || (end?.kind === 'ended' && end.code === 0);
}

function contextId(unit: string, operation: Operation): string {
  return `${unit}-${operation.name}-${randomBytes(16).toString('hex')}`;
}

function logAgent({ port, unit }: HookContext, level: string, message: string): void {
  port.log({ unit, module: 'operation', level, message });
}

function agentPort(world: World, unit: string): AgentPort {
  const hostPath = (path: string) => world.options.cluster.charmPath(podName(unit), path);
  return {
    model: () => world.model(),
    update: (change) => {
      world.update(change);
    },
    log: (line) => {
      world.log.add(line);
    },
    actionMessage: (action, message) => {
      const waiter = world.tasks.get(action);
      const stamped = `${new Date().toISOString()} ${message}`;
      waiter?.messages.push(stamped);
      waiter?.onMessage(message);
    },
    readFile: (path) => readFile(hostPath(path)),
    writeFile: async (path, content) => {
      await mkdir(dirname(hostPath(path)), { recursive: true });
      await writeFile(hostPath(path), content, { mode: 0o600 });
    },
  };
}

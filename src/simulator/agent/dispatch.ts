import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import { serveAgentSocket } from './agent-socket.ts';
import { dispatchEnvironment } from './environment.ts';
import type { HookContext } from './hook-context.ts';
import { agentSocketPath, charmFolder } from './paths.ts';
import type { ToolObserver } from './tool-observer.ts';
import { runTool } from './tools/run-tool.ts';
import type { ToolAnswer, ToolCall } from './tools/tool.ts';

/** What a dispatch needs. */
export interface DispatchRequest {
  readonly context: HookContext;
  readonly cluster: Cluster;
  readonly pod: string;
  readonly observer: ToolObserver;
}

/** How the charm's process ended: `missing` is a charm without script for it. */
export type DispatchEnd =
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'ended';
      readonly code: number | undefined;
      readonly signal: NodeJS.Signals | undefined;
      readonly stdout: string;
      readonly stderr: string;
    };

/** Runs one operation's script in the unit's charm container, with its hook tools served meanwhile. */
export async function dispatch(request: DispatchRequest): Promise<DispatchEnd> {
  const { context, cluster, pod, observer } = request;
  const argv = await scriptOf(request);
  if (argv === undefined) return { kind: 'missing' };
  const running: { child?: ChildProcess } = {};
  observer.dispatchBegan({
    operation: context.operation.name,
    kill: () => running.child?.kill('SIGKILL'),
  });
  const socket = await serveAgentSocket({
    path: cluster.charmPath(pod, agentSocketPath(context.unit)),
    contextId: context.id,
    run: (call) => observedRun(call, request),
  });
  try {
    const child = cluster.exec({
      ...{ pod, container: 'charm', argv, workingDirectory: charmFolder(context.unit) },
      environment: {
        ...dispatchEnvironment({
          model: context.port.model(),
          unit: context.unit,
          contextId: context.id,
          operation: context.operation,
        }),
        ...observer.environment(),
      },
    });
    running.child = child;
    return await endOf(child, context);
  } finally {
    observer.dispatchEnded();
    await socket.close();
  }
}

/** The charm's `dispatch`, else the hook's or action's own script (Juju: runner.go). */
async function scriptOf({ context, cluster, pod }: DispatchRequest): Promise<readonly string[] | undefined> {
  const { operation, unit } = context;
  if (operation.kind === 'exec') return operation.argv;
  const folder = charmFolder(unit);
  const own = `${operation.kind === 'action' ? 'actions' : 'hooks'}/${operation.name}`;
  for (const script of ['dispatch', own]) {
    const path = `${folder}/${script}`;
    if (await exists(cluster.charmPath(pod, path), constants.F_OK)) return [path];
  }
  return undefined;
}

async function exists(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

async function observedRun(call: ToolCall, request: DispatchRequest): Promise<ToolAnswer> {
  const { context, observer } = request;
  if (observer.countCall()) throw new Error('the dispatch was killed at this call');
  const latency = observer.latency();
  if (latency > 0) await sleep(latency);
  const answer = await runTool(call, context);
  observer.record({ tool: call.name, args: call.args, ...answer });
  return answer;
}

async function endOf(child: ChildProcess, context: HookContext): Promise<DispatchEnd> {
  // Rejects with the child's error if it could not be started.
  const closed = once(child, 'close');
  const [stdout, stderr] = [
    collect(child.stdout, context, 'DEBUG'),
    collect(child.stderr, context, 'WARNING'),
  ];
  await closed;
  return {
    kind: 'ended',
    code: child.exitCode ?? undefined,
    signal: child.signalCode ?? undefined,
    stdout: await stdout,
    stderr: await stderr,
  };
}

async function collect(stream: Readable | null, context: HookContext, level: string): Promise<string> {
  if (stream === null) return '';
  const { unit, operation, port } = context;
  const log = (message: string) => {
    port.log({ unit, module: operation.name, level, message });
  };
  let all = '';
  let line = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    all += String(chunk);
    const lines = (line + String(chunk)).split('\n');
    line = lines.pop() ?? '';
    lines.forEach(log);
  }
  if (line !== '') log(line);
  return all;
}

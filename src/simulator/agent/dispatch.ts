import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import { serveAgentSocket } from './agent-socket.ts';
import { dispatchEnvironment } from './environment.ts';
import type { HookContext } from './hook-context.ts';
import { collectOutput } from './output-collector.ts';
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
      readonly stdout: Buffer;
      readonly stderr: Buffer;
    };

/** How long the output of a process that has ended is waited for, in ms: a child of its own may hold it (Juju: runner.go). */
const outputGrace = 100;

/** Runs one operation's script in the unit's charm container, with its hook tools served meanwhile. */
export async function dispatch(request: DispatchRequest): Promise<DispatchEnd> {
  const { context, cluster, pod, observer } = request;
  const metadata = cluster.charmPath(pod, `${charmFolder(context.unit)}/metadata.yaml`);
  if (!(await exists(metadata))) throw new Error('charm missing from disk');
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
    if (await exists(cluster.charmPath(pod, path))) return [path];
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
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
  const closed = new Promise((resolve) => child.once('close', resolve));
  const log = (level: string) => (message: string) => {
    const { unit, operation, port } = context;
    port.log({ unit, module: operation.name, level, message });
  };
  const [stdout, stderr] = [
    collectOutput(child.stdout, log('DEBUG')),
    collectOutput(child.stderr, log('WARNING')),
  ];
  // Rejects with the child's error if it could not be started.
  await once(child, 'exit');
  // After a wait on a busy machine there may be output that was not read yet.
  await Promise.race([closed, sleep(outputGrace).then(() => turn())]);
  return {
    kind: 'ended',
    code: child.exitCode ?? undefined,
    signal: child.signalCode ?? undefined,
    stdout: stdout.end(),
    stderr: stderr.end(),
  };
}

import { once } from 'node:events';
import type { ControlRequest } from '../control.ts';
import { unitOf } from '../model/access.ts';
import { step } from '../model/step.ts';
import type { Caller } from './commands.ts';
import { podName } from './world.ts';
import type { TaskResult, World } from './world.ts';

type Run = Extract<ControlRequest, { command: 'run' }>;
type Exec = Extract<ControlRequest, { command: 'exec' }>;

/** Queues an action, or a command of `juju exec`, and waits for its end. */
export async function runTask(world: World, request: Run | Exec, { answer }: Caller): Promise<unknown> {
  const id = String(world.model().nextAction);
  const done = new Promise<TaskResult>((resolve) => {
    world.tasks.set(id, {
      unit: request.unit,
      messages: [],
      onMessage: (message) => {
        answer({ kind: 'log', line: message });
      },
      done: resolve,
    });
  });
  try {
    world.update((model) => step(model, request));
  } catch (error) {
    world.tasks.delete(id);
    throw error;
  }
  const result = await done;
  if (request.command === 'run') return result;
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = result.results[stream];
    const encoding = result.results[`${stream}-encoding`] === 'base64' ? 'base64' : 'utf8';
    if (typeof text !== 'string') continue;
    answer({ kind: 'output', stream, text: Buffer.from(text, encoding).toString() });
  }
  return { code: result.results['return-code'] ?? -1 };
}

/** Runs a command in a workload container, as `kubectl exec` does: beside the unit's operations. */
export async function runInWorkload(
  world: World,
  { unit, container, argv }: Exec,
  caller: Caller,
): Promise<unknown> {
  unitOf(world.model(), unit);
  const child = world.options.cluster.exec({
    ...{ pod: podName(unit), container, argv, workingDirectory: '/' },
    environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/charm/bin' },
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text) => {
      caller.answer({ kind: 'output', stream, text: String(text) });
    });
  }
  // Rejects with the child's error if it could not be started.
  await once(child, 'close');
  return { code: child.exitCode ?? -1, ...(child.signalCode !== null && { signal: child.signalCode }) };
}

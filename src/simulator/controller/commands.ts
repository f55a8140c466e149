import { encodeContent, newSecretId } from '../agent/tools/secret-values.ts';
import type { ControlAnswer, ControlRequest } from '../control.ts';
import { unitOf } from '../model/access.ts';
import { queueFired } from '../model/lifecycle.ts';
import { step } from '../model/step.ts';
import { readCharm, storeCharm } from './charm-store.ts';
import { waitIdle } from './idle.ts';
import type { Parts } from './idle.ts';
import { kill } from './kill.ts';
import { deployedCharm } from './pods.ts';
import { refresh } from './refresh.ts';
import { statusView } from './status-view.ts';
import { runInWorkload, runTask } from './tasks.ts';
import { unitProcesses } from './unit-processes.ts';
import { configView, unitView } from './unit-view.ts';
import { podName } from './world.ts';

/** How a request's caller is answered beside its result, and when it went away. */
export interface Caller {
  readonly answer: (answer: ControlAnswer) => void;
  readonly gone: AbortSignal;
}

type Handlers = {
  readonly [Word in ControlRequest['command']]: (
    parts: Parts,
    request: Extract<ControlRequest, { command: Word }>,
    caller: Caller,
  ) => unknown;
};

const handlers: Handlers = {
  deploy,
  integrate: ({ world }, request) => {
    world.update((model) => step(model, request));
  },
  'remove-relation': ({ world }, request) => {
    world.update((model) => step(model, request));
  },
  config: ({ world }, request) => {
    const { set, reset, application } = request;
    if (Object.keys(set).length + reset.length > 0) world.update((model) => step(model, request));
    return configView(world.model(), application);
  },
  run: ({ world }, request, caller) => runTask(world, request, caller),
  'scale-application': ({ world }, request) => {
    world.update((model) => step(model, request));
  },
  'remove-application': ({ world }, request) => {
    world.update((model) => step(model, request));
  },
  refresh: ({ world }, request) => refresh(world, request),
  'add-secret': ({ world }, { command, name, content }) => {
    const id = newSecretId();
    world.update((model) => step(model, { command, id, name, content: encodeContent(content) }));
    return `secret:${id}`;
  },
  'update-secret': ({ world }, { command, secret, content }) => {
    world.update((model) => step(model, { command, secret, content: encodeContent(content) }));
  },
  'grant-secret': ({ world }, request) => {
    world.update((model) => step(model, request));
  },
  resolved: ({ world }, request) => {
    world.update((model) => step(model, request));
  },
  'set-leader': ({ world }, request) => {
    world.update((model) => step(model, request));
  },
  status: ({ world }) => statusView(world.model()),
  'show-unit': async ({ world }, { unit }) => {
    const view = unitView(world.model(), unit);
    return { [unit]: { ...view, processes: await unitProcesses(world, unit) } };
  },
  'debug-log': debugLog,
  exec: ({ world }, request, caller) =>
    request.container === 'charm' ? runTask(world, request, caller) : runInWorkload(world, request, caller),
  kill: ({ world }, { unit, target }) => kill(world, unit, target),
  'cut-network': ({ world }, { unit }) => {
    unitOf(world.model(), unit);
    return world.options.cluster.cutNetwork(podName(unit));
  },
  'mend-network': ({ world }, { unit }) => {
    unitOf(world.model(), unit);
    return world.options.cluster.mendNetwork(podName(unit));
  },
  'wait-idle': (parts, { timeoutMs }) => waitIdle(parts, timeoutMs),
  fire: ({ world }, { unit, hook, environment }) => {
    unitOf(world.model(), unit);
    world.update((model) => queueFired(model, unit, { kind: 'fired', name: hook, environment }));
  },
  'set-latency': ({ world }, { milliseconds }) => {
    world.latency.milliseconds = milliseconds;
  },
  'set-environment': ({ world }, { unit, environment }) => {
    unitOf(world.model(), unit);
    world.runtime(unit).observer.setEnvironment(environment);
  },
  record: ({ world }, { unit, on }) => {
    unitOf(world.model(), unit);
    world.runtime(unit).observer.setRecording(on);
  },
  recorded: ({ world }, { unit }) => {
    unitOf(world.model(), unit);
    return world.runtime(unit).observer.recorded();
  },
  // The daemon ends itself once this is answered.
  down: () => undefined,
};

/** Carries out a request; throws `JujuError` for what is refused. */
export async function handleRequest(parts: Parts, request: ControlRequest, caller: Caller): Promise<unknown> {
  // The table's row fits the request by its key, which the compiler does not follow.
  const answer: unknown = await Reflect.apply(handlers[request.command], undefined, [parts, request, caller]);
  return answer;
}

async function deploy(
  { world }: Parts,
  request: Extract<ControlRequest, { command: 'deploy' }>,
): Promise<unknown> {
  const charm = await readCharm(request.charm);
  const application = request.application ?? charm.name;
  const change = { ...request, application, charm };
  // Refused before the charm is copied: the name becomes a path.
  step(world.model(), change);
  await storeCharm(request.charm, deployedCharm(world, { name: application, revision: 0 }));
  world.update((model) => step(model, change));
  return { application };
}

async function debugLog(
  { world }: Parts,
  { follow, include }: Extract<ControlRequest, { command: 'debug-log' }>,
  { answer, gone }: Caller,
): Promise<void> {
  const tell = (line: string) => {
    answer({ kind: 'log', line });
  };
  world.log.lines(include).forEach(tell);
  if (!follow || gone.aborted) return;
  const stop = world.log.follow(tell, include);
  await new Promise((resolve) => {
    gone.addEventListener('abort', resolve, { once: true });
  });
  stop();
}

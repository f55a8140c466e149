import { X509Certificate } from 'node:crypto';
import { runAction } from '../../src/charm/actions/run-action.ts';
import { dispatch, type HookEvent } from '../../src/charm/dispatch.ts';
import type { Clock, DiskSpace, Ports } from '../../src/charm/ports.ts';
import type { HookTools, Logger } from '../../src/juju/index.ts';
import { speaksTls } from '../../src/mimir/config/tls.ts';
import { paths } from '../../src/mimir/paths.ts';
import type { Trace, TraceReceiver } from '../../src/otlp/trace.ts';
import type { TlsTarget } from '../../src/mimir/request.ts';
import { inspectTrust } from '../../src/x509/certificate.ts';
import { type CallCount, countedPorts } from './counted-ports.ts';
import { aFakeJuju, beginHook, type FakeJuju } from './fake-juju.ts';
import { aFakeMimir, fakeMimirClient, type FakeMimir } from './fake-mimir.ts';
import { aFakeContainer, fakePebbleClient, isReadyIn, type FakeContainer } from './fake-pebble.ts';
import { identity } from './builders.ts';

/** All that a unit's dispatch meets, in memory. */
export interface FakeWorld {
  readonly juju: FakeJuju;
  readonly container: FakeContainer;
  readonly mimir: FakeMimir;
  /** Names that no name server knows. */
  readonly unknownNames: Set<string>;
  /** Space of the unit's storage. */
  space: DiskSpace;
  /** Milliseconds that only sleeping and Pebble's starts add to. */
  readonly clock: Clock;
  /** Lines of the log, with their levels. */
  readonly log: string[];
  /** Traces that were sent, each with its receiver. */
  readonly traces: (Trace & { readonly receiver: TraceReceiver })[];
  /** Why the receiver of traces takes none. */
  traceFault: string | undefined;
}

/** A lone leader, its container just up. */
export function aFakeWorld(): FakeWorld {
  return {
    juju: aFakeJuju(),
    container: aFakeContainer(),
    mimir: aFakeMimir(),
    unknownNames: new Set(),
    space: { size: 10e9, free: 9e9 },
    clock: aFakeClock(),
    log: [],
    traces: [],
    traceFault: undefined,
  };
}

/** A lone leader whose Mimir is ready. */
export async function aSettledWorld(): Promise<FakeWorld> {
  const world = aFakeWorld();
  await runHook(world, { kind: 'pebble-ready', container: 'mimir' });
  forget(world);
  return world;
}

/** Forgets what was called, written and logged so far. */
export function forget({ juju, container, mimir, log }: FakeWorld): void {
  for (const list of [juju.writes, container.calls, mimir.calls, log]) list.length = 0;
}

/** Names completed as in a pod of the model `cos`. */
export function fullNames(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name, `${name}.cos.svc.cluster.local`]));
}

/** Runs one hook as Juju does: what it wrote into bags and ports is kept only if it ends well. Counts its calls. */
export async function runHook(world: FakeWorld, event: HookEvent): Promise<CallCount> {
  const { hookTools, commit } = beginHook(world.juju);
  const { ports, count } = countedPorts(portsOf(world, hookTools));
  await dispatch(ports, event, identity);
  commit();
  return count;
}

/** What an action answered: its results, or why it failed. */
export interface FakeAnswer {
  results: Readonly<Record<string, unknown>> | undefined;
  failure: string | undefined;
}

/** Runs an action without parameters. */
export async function actOn(world: FakeWorld, name: string): Promise<FakeAnswer> {
  const answer: FakeAnswer = { results: undefined, failure: undefined };
  const hookTools: HookTools = {
    ...beginHook(world.juju).hookTools,
    actionGet: () => Promise.resolve({}),
    actionSet: (results) => {
      answer.results = results;
      return Promise.resolve();
    },
    actionFail: (failure) => {
      answer.failure = failure;
      return Promise.resolve();
    },
  };
  await runAction(portsOf(world, hookTools), { kind: 'action', name, id: '1' }, identity);
  return answer;
}

function portsOf(world: FakeWorld, hookTools: HookTools): Ports {
  const { container, mimir, clock, log } = world;
  return {
    hookTools,
    pebble: fakePebbleClient(container, clock),
    mimir: (tls) => {
      const client = fakeMimirClient(mimir, () => isReadyIn(container, clock.now()) && takes(container, tls));
      return { unit: client, peer: () => client, application: client };
    },
    probe: { read: () => Promise.resolve(Buffer.from('a program')) },
    disk: { space: () => Promise.resolve(world.space) },
    names: {
      findFull: (names) => Promise.resolve(fullNames(names.filter((name) => !world.unknownNames.has(name)))),
    },
    traces: {
      charmVersion: () => Promise.resolve('1.2.3'),
      send: (trace, receiver) => {
        if (world.traceFault !== undefined) return Promise.reject(new Error(world.traceFault));
        world.traces.push({ ...trace, receiver });
        return Promise.resolve();
      },
    },
    clock,
    logger: aFakeLogger(log),
  };
}

/** A client that speaks so takes the Mimir that runs for the one that it looks for. */
function takes({ started, files }: FakeContainer, tls: TlsTarget | undefined): boolean {
  if (tls === undefined || !speaksTls(started?.config))
    return speaksTls(started?.config) === (tls !== undefined);
  const shown = new X509Certificate(files.get(paths.tlsFiles.certificate) ?? '');
  const trust = inspectTrust([shown.toString()], [tls.ca], new Date(startOfDay));
  return trust.ok && trust.value.signed && shown.checkHost(tls.serverName) !== undefined;
}

const startOfDay = Date.parse('2026-11-25T12:00:00Z');

function aFakeClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    date: () => new Date(startOfDay + now),
    sleep: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

function aFakeLogger(log: string[]): Logger {
  const line = (level: string) => (message: string) => {
    log.push(`${level} ${message}`);
  };
  return {
    debug: line('debug'),
    info: line('info'),
    warning: line('warning'),
    error: line('error'),
    flush: () => Promise.resolve(),
  };
}

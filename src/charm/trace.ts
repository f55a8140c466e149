import type { Event } from '../juju/index.ts';
import type { Attributes, Span, TraceReceiver } from '../otlp/trace.ts';
import type { Clock, Ports } from './ports.ts';
import { briefly } from './problem.ts';
import type { UnitIdentity } from './snapshot.ts';
import { unitLabels } from './topology.ts';

/** Notes what a dispatch does, step by step. */
export interface TraceRecorder {
  /** Carries a step out, and notes how long it took and whether it failed. One step follows another. */
  step<T>(step: Step, run: () => T | Promise<T>): Promise<T>;
  /** Says why the step that is under way counts as failed, though the dispatch goes on. */
  fail(reason: string): void;
  /** Has the trace sent there when all is done. Undefined for nowhere: then nothing more is noted. */
  sendTo(receiver: TracesWanted | undefined): void;
}

/** A step's name, and what it was about. */
export interface Step {
  readonly name: string;
  readonly attributes?: Attributes;
}

/** Who takes traces; whom an https receiver may be signed by is asked for at the end, and of no other. */
export interface TracesWanted {
  readonly url: string;
  readonly authorities: () => string | Promise<string>;
}

/** Ports with the recorder of this dispatch. */
export type TracedPorts = Ports & { readonly trace: TraceRecorder };

/** What is traced: all that is done for one event on one unit. */
export interface Traced {
  readonly event: Event;
  readonly identity: UnitIdentity;
}

/**
 * Carries out what is done for an event, and has it traced if it finds out that somebody takes traces. Whatever becomes of
 * the trace, all else is as without.
 */
export async function traced(
  ports: Ports,
  what: Traced,
  run: (ports: TracedPorts) => Promise<void>,
): Promise<void> {
  const { clock } = ports;
  const trace = record(clock);
  let failure: string | undefined;
  try {
    await run({ ...ports, trace });
  } catch (error) {
    failure = reasonOf(error);
    throw error;
  } finally {
    const { receiver, children } = trace;
    if (receiver !== undefined) await send(ports, receiver, { ...what, children, failure, end: clock.now() });
  }
}

interface Recording extends TraceRecorder {
  readonly receiver: TracesWanted | undefined;
  /** Their times are those of the clock. */
  readonly children: readonly Span[];
}

function record(clock: Clock): Recording {
  const children: Span[] = [];
  let receiver: TracesWanted | undefined;
  let isWanted = true;
  let failure: string | undefined;
  return {
    children,
    get receiver() {
      return receiver;
    },
    sendTo: (wanted) => {
      receiver = wanted;
      isWanted = wanted !== undefined;
    },
    fail: (reason) => {
      failure = briefly(reason);
    },
    step: async ({ name, attributes = {} }, run) => {
      if (!isWanted) return run();
      const start = clock.now();
      failure = undefined;
      try {
        return await run();
      } catch (error) {
        failure = reasonOf(error);
        throw error;
      } finally {
        children.push({ name, attributes, start, end: clock.now(), failure });
      }
    },
  };
}

interface Ended extends Traced {
  readonly children: readonly Span[];
  readonly failure: string | undefined;
  readonly end: number;
}

async function send(
  { clock, traces, logger }: Ports,
  { url, authorities }: TracesWanted,
  { event, identity, children, failure, end }: Ended,
): Promise<void> {
  const epoch = clock.date().getTime() - clock.now();
  const sinceEpoch = (span: Span): Span => ({ ...span, start: epoch + span.start, end: epoch + span.end });
  const root = { name: event.kind, attributes: factsOf(event), start: 0, end, failure };
  try {
    const receiver: TraceReceiver = { url, authorities: await authorities() };
    const resource = { ...resourceOf(identity), 'service.version': await traces.charmVersion() };
    await traces.send({ resource, root: sinceEpoch(root), children: children.map(sinceEpoch) }, receiver);
  } catch (error) {
    // Once a dispatch, and no more than that: traces are never worth a failed hook.
    logger.warning(reasonOf(error));
  }
}

/** Who the charm of a unit is, in the words of OpenTelemetry and those of Juju's other charms. */
function resourceOf(identity: UnitIdentity): Attributes {
  return {
    // Apart from Mimir's own traces, which have the application's name.
    'service.name': `${identity.application}-charm`,
    'service.instance.id': identity.unit,
    ...unitLabels(identity),
  };
}

function factsOf(event: Event): Attributes {
  const facts = Object.entries(event).filter(([name, value]) => name !== 'kind' && value !== undefined);
  return Object.fromEntries(facts.map(([name, value]) => [`juju.event.${name}`, toAttribute(value)]));
}

function toAttribute(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value);
}

function reasonOf(error: unknown): string {
  return briefly(error instanceof Error ? error.message : String(error));
}

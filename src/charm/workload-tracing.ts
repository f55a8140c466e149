import { serviceName, tracesVariable } from './layer.ts';
import type { Problem } from './problem.ts';
import type { Snapshot, UnitIdentity, Workload } from './snapshot.ts';
import { unitLabels } from './topology.ts';
import { readReceiver, type TraceSender } from './trace-receiver.ts';

/** Where Mimir is to send its traces. */
export interface InterpretedTracing {
  /** URL that traces are posted to by OTLP over HTTP; undefined for none. */
  readonly tracesTo: string | undefined;
  readonly problems: readonly Problem[];
}

const sender: TraceSender = {
  endpoint: 'workload-tracing',
  who: 'Mimir',
  otherwise: 'Mimir goes on as it did',
};

/**
 * Reads where the related application takes traces. As long as that cannot be read, nothing changes: Mimir reads it at its
 * start only, and traces are not worth a restart for somebody's slip.
 */
export function interpretTracing({ workloadTracing, workload }: Snapshot): InterpretedTracing {
  const { known, tracesTo, problems } = readReceiver(workloadTracing, sender);
  return { tracesTo: known ? tracesTo : tracesToIn(workload), problems };
}

/** Where a Mimir was to send its traces when its service was planned. */
export function tracesToIn(workload: Workload): string | undefined {
  return workload.reachable ? workload.plan.services[serviceName]?.environment?.[tracesVariable] : undefined;
}

/**
 * Variables by which Mimir sends every trace there, with the unit's place in Juju. There is none for the sampler: Mimir takes
 * all traces whatever `OTEL_TRACES_SAMPLER` says (Mimir: dskit tracing/otel.go, which sets one of its own).
 */
export function tracingEnvironment(
  identity: UnitIdentity,
  tracesTo: string | undefined,
): Readonly<Record<string, string>> {
  if (tracesTo === undefined) return {};
  // Juju's names have nothing in them that OpenTelemetry would want escaped here.
  const attributes = Object.entries(unitLabels(identity)).map(([name, value]) => `${name}=${value}`);
  return {
    [tracesVariable]: tracesTo,
    OTEL_RESOURCE_ATTRIBUTES: attributes.join(','),
    OTEL_SERVICE_NAME: identity.application,
  };
}

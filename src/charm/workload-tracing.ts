import { keys, publish, read } from '../interfaces/tracing.ts';
import { charmName } from './declared.ts';
import { serviceName, tracesVariable } from './layer.ts';
import type { PlannedBag } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import { type Snapshot, type UnitIdentity, type Workload, writableRelations } from './snapshot.ts';

/** Where Mimir is to send its traces. */
export interface InterpretedTracing {
  /** URL that traces are posted to by OTLP over HTTP; undefined for none. */
  readonly tracesTo: string | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads where the related application takes traces. As long as that cannot be read, nothing changes: Mimir reads it at its
 * start only, and traces are not worth a restart for somebody's slip.
 */
export function interpretTracing({ workloadTracing, workload }: Snapshot): InterpretedTracing {
  const { relations } = workloadTracing;
  const [relation] = relations.toSorted((a, b) => a.id - b.id);
  if (relation === undefined) return { tracesTo: undefined, problems: [] };
  const held = tracesToIn(workload);
  const { id, remoteAppBag } = relation;
  // What Juju does not let us read for a moment is as it was.
  if (remoteAppBag === 'unobserved') return { tracesTo: held, problems: [] };
  const told = read(remoteAppBag);
  if (!told.ok) return { tracesTo: held, problems: [warning(id, unreadable(told.reason))] };
  if (told.value === undefined) return { tracesTo: undefined, problems: [] };
  const { url } = told.value;
  if (url === undefined) return { tracesTo: undefined, problems: [warning(id, noReceiver)] };
  return { tracesTo: `${url}/v1/traces`, problems: [] };
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
  { unit, application, model, modelUuid }: UnitIdentity,
  tracesTo: string | undefined,
): Readonly<Record<string, string>> {
  if (tracesTo === undefined) return {};
  const topology = {
    juju_application: application,
    juju_charm: charmName,
    juju_model: model,
    juju_model_uuid: modelUuid,
    juju_unit: unit,
  };
  // Juju's names have nothing in them that OpenTelemetry would want escaped here.
  const attributes = Object.entries(topology).map(([name, value]) => `${name}=${value}`);
  return {
    [tracesVariable]: tracesTo,
    OTEL_RESOURCE_ATTRIBUTES: attributes.join(','),
    OTEL_SERVICE_NAME: application,
  };
}

/** Plans what those are told who take traces: by which protocol they are sent. */
export function planTracingBags({ workloadTracing }: Snapshot): readonly PlannedBag[] {
  return writableRelations(workloadTracing).map((relationId) => ({
    ...{ relationId, scope: 'app', owned: keys.requirerApp },
    values: publish(),
  }));
}

function warning(id: number, message: string): Problem {
  return { status: 'active', source: `workload-tracing:${id}`, message };
}

function unreadable(reason: string): string {
  return `Where it takes traces cannot be read, so Mimir goes on as it did (${briefly(reason)}); mend that there.`;
}

const noReceiver =
  'It offers no receiver otlp_http, so Mimir sends no traces yet; if that stays so, relate one that does.';

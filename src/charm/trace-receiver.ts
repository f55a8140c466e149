import { keys, publish, read } from '../interfaces/tracing.ts';
import type { PlannedBag } from './plan.ts';
import { briefly, type Problem } from './problem.ts';
import { type EndpointSnapshot, type Snapshot, writableRelations } from './snapshot.ts';

/** What an endpoint tells of where traces are taken. */
export interface ToldReceiver {
  /** False if that could not be read. */
  readonly known: boolean;
  /** URL that traces are posted to by OTLP over HTTP; undefined for none. */
  readonly tracesTo: string | undefined;
  readonly problems: readonly Problem[];
}

/** Who sends traces over an endpoint, for the words of a warning, and what becomes of them if it cannot be read where to. */
export interface TraceSender {
  readonly endpoint: 'workload-tracing' | 'charm-tracing';
  readonly who: string;
  readonly otherwise: string;
}

/** Reads where the related application takes traces. */
export function readReceiver({ relations }: EndpointSnapshot, sender: TraceSender): ToldReceiver {
  const [relation] = relations.toSorted((a, b) => a.id - b.id);
  if (relation === undefined) return { known: true, tracesTo: undefined, problems: [] };
  const { id, remoteAppBag } = relation;
  if (remoteAppBag === 'unobserved') return { known: false, tracesTo: undefined, problems: [] };
  const warn = (message: string): readonly Problem[] => [
    { status: 'active', source: `${sender.endpoint}:${id}`, message },
  ];
  const told = read(remoteAppBag);
  if (!told.ok) {
    const message = `Where it takes traces cannot be read, so ${sender.otherwise} (${briefly(told.reason)}); mend that there.`;
    return { known: false, tracesTo: undefined, problems: warn(message) };
  }
  if (told.value === undefined) return { known: true, tracesTo: undefined, problems: [] };
  const { url } = told.value;
  if (url !== undefined) return { known: true, tracesTo: `${url}/v1/traces`, problems: [] };
  const message = `It offers no receiver otlp_http, so ${sender.who} sends no traces yet; if that stays so, relate one that does.`;
  return { known: true, tracesTo: undefined, problems: warn(message) };
}

/** Plans what those are told who take traces: by which protocol they are sent. */
export function planTracingBags({ workloadTracing, charmTracing }: Snapshot): readonly PlannedBag[] {
  return [workloadTracing, charmTracing].flatMap(writableRelations).map((relationId) => ({
    ...{ relationId, scope: 'app', owned: keys.requirerApp },
    values: publish(),
  }));
}

import { z } from 'zod';
import type { ReceivedSpan } from './span.ts';

/** What the journal's port answers. */
export const journalView = z.object({
  /** How often traces were posted. */
  requests: z.number(),
  /** Those that sent spans, by their names. */
  services: z.record(z.string(), z.object({ spans: z.number(), names: z.array(z.string()) })),
  /** The last traces whose roots have come, the newest last. */
  traces: z.array(
    z.object({
      service: z.string(),
      resource: z.record(z.string(), z.string()),
      root: z.string(),
      /** Names of the spans right below the root, in the order in which they came. */
      children: z.array(z.string()),
      /** Names of those of all of them that failed. */
      failed: z.array(z.string()),
    }),
  ),
});

/** What was received, as far as it is kept. */
export type JournalView = z.infer<typeof journalView>;

/** The spans that were received. */
export interface Journal {
  /** Notes one request with its spans. */
  add(spans: readonly ReceivedSpan[]): void;
  view(): JournalView;
}

/** So many spans are kept; a Mimir sends some for each of its requests, and would fill the memory. */
const mostSpans = 20_000;
const mostTraces = 200;

/** Makes an empty journal. */
export function createJournal(): Journal {
  const services = new Map<string, { spans: number; readonly names: Set<string> }>();
  let kept: ReceivedSpan[] = [];
  let requests = 0;
  return {
    add: (spans) => {
      requests += 1;
      kept = [...kept, ...spans].slice(-mostSpans);
      for (const { resource, name } of spans) {
        const service = serviceOf(resource);
        const noted = services.get(service) ?? { spans: 0, names: new Set() };
        services.set(service, { spans: noted.spans + 1, names: noted.names.add(name) });
      }
    },
    view: () => ({
      requests,
      services: Object.fromEntries(
        [...services].map(([name, { spans, names }]) => [name, { spans, names: [...names].toSorted() }]),
      ),
      traces: kept
        .filter(({ parentSpanId }) => parentSpanId === '')
        .slice(-mostTraces)
        .map((root) => traceOf(root, kept)),
    }),
  };
}

function serviceOf(resource: ReceivedSpan['resource']): string {
  return resource['service.name'] ?? '';
}

function traceOf(root: ReceivedSpan, spans: readonly ReceivedSpan[]): JournalView['traces'][number] {
  const { traceId, spanId, resource } = root;
  const children = spans.filter((span) => span.traceId === traceId && span.parentSpanId === spanId);
  return {
    service: serviceOf(resource),
    resource,
    root: root.name,
    children: children.map(({ name }) => name),
    failed: [root, ...children].filter(({ failure }) => failure !== undefined).map(({ name }) => name),
  };
}

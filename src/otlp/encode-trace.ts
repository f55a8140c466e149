import type { Attributes, Span, Trace } from './trace.ts';

/** Makes ids of so many bytes, in lower-case hex digits. */
export type MakeId = (bytes: number) => string;

/**
 * Encodes a trace as the JSON of an `ExportTraceServiceRequest` (OpenTelemetry: opentelemetry-proto, docs/specification.md,
 * "JSON Protobuf Encoding": 64-bit numbers are strings, ids are hex).
 */
export function encodeTrace({ resource, root, children }: Trace, makeId: MakeId): string {
  const traceId = makeId(16);
  const rootId = makeId(8);
  const spans = [
    { traceId, spanId: rootId, ...encodeSpan(root) },
    ...children.map((span) => ({ traceId, spanId: makeId(8), parentSpanId: rootId, ...encodeSpan(span) })),
  ];
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: encodeAttributes(resource) }, scopeSpans: [{ spans }] }],
  });
}

const kindInternal = 1;
const statusError = 2;

function encodeSpan({ name, start, end, attributes, failure }: Span) {
  return {
    name,
    kind: kindInternal,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: encodeAttributes(attributes),
    ...(failure === undefined ? {} : { status: { code: statusError, message: failure } }),
  };
}

function encodeAttributes(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
  }));
}

/** A number holds microseconds of these times exactly, and no nanoseconds. */
function nanoseconds(milliseconds: number): string {
  return `${Math.round(milliseconds * 1000)}000`;
}

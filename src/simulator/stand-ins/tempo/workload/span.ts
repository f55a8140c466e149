import protobuf from 'protobufjs/light.js';
import { z } from 'zod';

/** A span as it was received. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** What the sender says of itself. */
  readonly resource: Readonly<Record<string, string>>;
  /** Why it failed; undefined if it did not. */
  readonly failure: string | undefined;
}

/** The part of `ExportTraceServiceRequest` that is looked at (OpenTelemetry: opentelemetry/proto/trace/v1/trace.proto). */
const root = protobuf.Root.fromJSON({
  nested: {
    Request: { fields: { resourceSpans: { rule: 'repeated', type: 'ResourceSpans', id: 1 } } },
    ResourceSpans: {
      fields: {
        resource: { type: 'Resource', id: 1 },
        scopeSpans: { rule: 'repeated', type: 'ScopeSpans', id: 2 },
      },
    },
    Resource: { fields: { attributes: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    AnyValue: { fields: { stringValue: { type: 'string', id: 1 } } },
    ScopeSpans: { fields: { spans: { rule: 'repeated', type: 'Span', id: 2 } } },
    Span: {
      fields: {
        traceId: { type: 'bytes', id: 1 },
        spanId: { type: 'bytes', id: 2 },
        parentSpanId: { type: 'bytes', id: 4 },
        name: { type: 'string', id: 5 },
        status: { type: 'Status', id: 15 },
      },
    },
    Status: { fields: { message: { type: 'string', id: 2 }, code: { type: 'int32', id: 3 } } },
  },
});
const request = root.lookupType('Request');

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const span = z.object({
  traceId: hex(16),
  spanId: hex(8),
  parentSpanId: z.union([hex(8), z.literal('')]).default(''),
  name: z.string(),
  status: z.object({ code: z.int().default(0), message: z.string().default('') }).optional(),
});
const attribute = z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) });
const body = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: z.object({ attributes: z.array(attribute).default([]) }).optional(),
        scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
      }),
    )
    .default([]),
});

/** OpenTelemetry: the code of a status that says that something failed. */
const statusError = 2;

/**
 * Decodes the body of a request to `/v1/traces`.
 * @throws Error if it is not what its content type says.
 */
export function decodeSpans(content: Buffer, contentType: string): readonly ReceivedSpan[] {
  const { resourceSpans } = body.parse(
    contentType === 'application/json' ? JSON.parse(content.toString()) : fromProtobuf(content),
  );
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const told = resource?.attributes.map(({ key, value }) => [key, value.stringValue ?? ''] as const);
    const sender = Object.fromEntries(told ?? []);
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ status, ...rest }) => ({
        ...rest,
        resource: sender,
        failure: status?.code === statusError ? status.message : undefined,
      }));
  });
}

/** The same as the JSON of OpenTelemetry, whose ids are hex and not base64. */
function fromProtobuf(content: Buffer): unknown {
  const plain = request.toObject(request.decode(content), { bytes: Array });
  const ids = new Set(['traceId', 'spanId', 'parentSpanId']);
  return JSON.parse(
    JSON.stringify(plain, (key, value: unknown) =>
      ids.has(key) && Array.isArray(value) ? Buffer.from(value).toString('hex') : value,
    ),
  );
}

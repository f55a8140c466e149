import protobuf from 'protobufjs/light.js';

/** One gauge with one value. */
export interface Gauge {
  readonly name: string;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** What the value is told apart by: Mimir makes labels of it. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Attributes of who reports the gauge: Mimir makes the labels `job` and `instance` of `service.name` and `service.instance.id`. */
export type Resource = Readonly<Record<string, string>>;

/** The part of `ExportMetricsServiceRequest` that carries gauges (OpenTelemetry: opentelemetry/proto/metrics/v1/metrics.proto). */
const root = protobuf.Root.fromJSON({
  nested: {
    Request: { fields: { resourceMetrics: { rule: 'repeated', type: 'ResourceMetrics', id: 1 } } },
    ResourceMetrics: {
      fields: {
        resource: { type: 'Resource', id: 1 },
        scopeMetrics: { rule: 'repeated', type: 'ScopeMetrics', id: 2 },
      },
    },
    Resource: { fields: { attributes: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    AnyValue: { fields: { stringValue: { type: 'string', id: 1 } } },
    ScopeMetrics: { fields: { metrics: { rule: 'repeated', type: 'Metric', id: 2 } } },
    Metric: { fields: { name: { type: 'string', id: 1 }, gauge: { type: 'GaugePoints', id: 5 } } },
    GaugePoints: { fields: { dataPoints: { rule: 'repeated', type: 'NumberDataPoint', id: 1 } } },
    NumberDataPoint: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 3 },
        asDouble: { type: 'double', id: 4 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 7 },
      },
    },
  },
});
const request = root.lookupType('Request');

/** Encodes the body of a request to `/v1/metrics`, of the content type `application/x-protobuf`. */
export function encodeMetrics(resource: Resource, { name, value, timestamp, attributes }: Gauge): Uint8Array {
  const point = {
    timeUnixNano: nanoseconds(timestamp),
    asDouble: value,
    attributes: keyValues(attributes),
  };
  const metrics = [{ name, gauge: { dataPoints: [point] } }];
  const resourceMetrics = [{ resource: { attributes: keyValues(resource) }, scopeMetrics: [{ metrics }] }];
  return request.encode({ resourceMetrics }).finish();
}

function keyValues(attributes: Readonly<Record<string, string>>) {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** Nanoseconds of these times are more than a number holds exactly. */
function nanoseconds(milliseconds: number) {
  const all = BigInt(milliseconds) * 1_000_000n;
  const half = (bits: bigint) => Number(BigInt.asIntN(32, bits));
  return { low: half(all), high: half(all >> 32n), unsigned: true };
}

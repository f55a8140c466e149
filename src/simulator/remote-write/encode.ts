import protobuf from 'protobufjs/light.js';
import snappy from 'snappyjs';
import { z } from 'zod';

/** One value of one series at one time. */
export interface Sample {
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** One series of a write request; the metric's name is the label `__name__`. */
export interface TimeSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/** Headers that a remote-write 1.0 receiver wants (Prometheus: Remote-Write specification 1.0). */
export const remoteWriteHeaders = {
  'Content-Encoding': 'snappy',
  'Content-Type': 'application/x-protobuf',
  'X-Prometheus-Remote-Write-Version': '0.1.0',
  'User-Agent': 'juju-sim-remote-write-sender/1.0',
} as const;

/** The part of `prometheus.WriteRequest` that carries samples (Prometheus: prompb/remote.proto, types.proto). */
const root = protobuf.Root.fromJSON({
  nested: {
    WriteRequest: { fields: { timeseries: { rule: 'repeated', type: 'TimeSeries', id: 1 } } },
    TimeSeries: {
      fields: {
        labels: { rule: 'repeated', type: 'Label', id: 1 },
        samples: { rule: 'repeated', type: 'Sample', id: 2 },
      },
    },
    Label: { fields: { name: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    Sample: { fields: { value: { type: 'double', id: 1 }, timestamp: { type: 'int64', id: 2 } } },
  },
});
const writeRequest = root.lookupType('WriteRequest');

/** zod's own number refuses infinities and NaN, which a sample may well be (a stale marker is a NaN). */
const double = z.custom<number>((value) => typeof value === 'number');

const decoded = z.object({
  timeseries: z.array(
    z.object({
      labels: z.array(z.object({ name: z.string(), value: z.string() })),
      samples: z.array(z.object({ value: double, timestamp: z.number() })),
    }),
  ),
});

/** Encodes a remote-write 1.0 body: protobuf in Snappy's block format, labels sorted by name as the receiver demands. */
export function encodeWriteRequest(series: readonly TimeSeries[]): Uint8Array {
  const timeseries = series.map(({ labels, samples }) => ({ labels: sortedLabels(labels), samples }));
  return snappy.compress(writeRequest.encode({ timeseries }).finish());
}

/** Decodes what {@link encodeWriteRequest} or any remote-write 1.0 sender encodes; metadata and exemplars are left out. */
export function decodeWriteRequest(body: Uint8Array): TimeSeries[] {
  const message = writeRequest.decode(snappy.uncompress(body));
  const { timeseries } = decoded.parse(
    writeRequest.toObject(message, { longs: Number, arrays: true, defaults: true }),
  );
  return timeseries.map(({ labels, samples }) => ({
    labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
    samples,
  }));
}

function sortedLabels(labels: Readonly<Record<string, string>>) {
  return Object.entries(labels)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

import { expect, test } from 'vitest';
import { encodeTrace } from '../../../src/otlp/encode-trace.ts';
import type { Span } from '../../../src/otlp/trace.ts';

const span = (name: string, changes: Partial<Span> = {}): Span => ({
  ...{ name, start: 1_795_778_000_000.25, end: 1_795_778_000_001.5, attributes: {}, failure: undefined },
  ...changes,
});
let made = 0;
const makeId = (bytes: number) => {
  made += 1;
  return String(made).padStart(2 * bytes, '0');
};

test('a trace is one request, in the JSON that OpenTelemetry has for it', () => {
  const root = span('update-status', { failure: 'it broke' });
  const children = [span('observe', { attributes: { of: 'juju', calls: 25 } })];
  const text = encodeTrace({ resource: { 'service.name': 'mimir-k8s-charm' }, root, children }, makeId);
  const times = {
    startTimeUnixNano: '1795778000000250000',
    endTimeUnixNano: '1795778000001500000',
  };
  const traceId = '00000000000000000000000000000001';
  const rootId = '0000000000000002';
  expect(JSON.parse(text)).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mimir-k8s-charm' } }] },
        scopeSpans: [
          {
            spans: [
              {
                ...{ traceId, spanId: rootId, name: 'update-status', kind: 1, attributes: [], ...times },
                status: { code: 2, message: 'it broke' },
              },
              {
                ...{ traceId, spanId: '0000000000000003', parentSpanId: rootId, name: 'observe', kind: 1 },
                ...times,
                attributes: [
                  { key: 'of', value: { stringValue: 'juju' } },
                  { key: 'calls', value: { doubleValue: 25 } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
});

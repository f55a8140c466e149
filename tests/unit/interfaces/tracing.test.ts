import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  keys,
  publish,
  publishReceivers,
  read,
  readRequest,
  type Receiver,
} from '../../../src/interfaces/tracing.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { databagFixture } from './databag-fixture.ts';

const receiver = (url: unknown, name = 'otlp_http') => ({ protocol: { name, type: 'http' }, url });
const bagOf = (...receivers: readonly unknown[]) => ({ receivers: JSON.stringify(receivers) });

describe('what is asked for', () => {
  test('is what the real charm asks for its own traces', () => {
    const asked = databagFixture('coordinator.charm-tracing').requirer_app;
    expect(publish()).toEqual(asked);
    expect(Object.keys(asked)).toEqual([...keys.requirerApp]);
  });

  test.each([
    ['tracing', ['jaeger_thrift_http', 'otlp_http']],
    ['coordinator.workload-tracing', ['jaeger_thrift_http']],
  ])('is read by the provider as the real libraries write it (%s)', (name, protocols) => {
    expect(readRequest(databagFixture(name).requirer_app)).toEqual({ ok: true, value: protocols });
  });
});

describe('what is answered', () => {
  test('is read as the real library writes it, among receivers of other protocols', () => {
    const bag = databagFixture('tracing').provider_app;
    expect(Object.keys(bag)).toEqual([...keys.providerApp]);
    expect(read(bag)).toEqual({ ok: true, value: { url: 'http://tempo.cos.svc.cluster.local:4318' } });
  });

  test('is written as the real library writes it, but for its blanks', () => {
    const bag = databagFixture('tracing').provider_app;
    const receivers: Receiver[] = [
      receiverOf('jaeger_thrift_http', 'http', 'http://tempo.cos.svc.cluster.local:14268'),
      receiverOf('otlp_grpc', 'grpc', 'tempo.cos.svc.cluster.local:4317'),
      receiverOf('otlp_http', 'http', 'http://tempo.cos.svc.cluster.local:4318'),
    ];
    const plain = bag['receivers']?.replaceAll(': {', ':{').replaceAll(': "', ':"').replaceAll(', ', ',');
    expect(publishReceivers(receivers)).toEqual({ receivers: plain });
  });

  test('may be nothing yet', () => {
    expect(read({})).toEqual({ ok: true, value: undefined });
    expect(readRequest({})).toEqual({ ok: true, value: [] });
  });

  test.each([[bagOf()], [bagOf(receiver('tempo:4317', 'otlp_grpc'))]])('%j has none for us', (bag) => {
    expect(read(bag)).toEqual({ ok: true, value: { url: undefined } });
  });

  test.each([
    [bagOf(receiver('HTTPS://Tempo.example.com:443/')), 'https://tempo.example.com'],
    [bagOf(receiver('http://gateway/cos-tempo')), 'http://gateway/cos-tempo'],
    [bagOf(receiver('http://[fd00::7]:4318')), 'http://[fd00::7]:4318'],
    // What others are told is their own matter.
    [bagOf(receiver(7, 'zipkin'), receiver('http://tempo:4318')), 'http://tempo:4318'],
  ])('%j says where', (bag, url) => {
    expect(read(bag)).toEqual({ ok: true, value: { url } });
  });

  test.each([
    [{ receivers: 'x' }, /^receivers: not JSON/],
    [{ receivers: '{}' }, /^receivers: /],
    [{ receivers: '[{"url": "http://tempo:4318"}]' }, /^receivers\.0\.protocol: /],
    [bagOf(receiver('tempo:4318')), /not a plain URL such as http:\/\/tempo:4318$/],
    [bagOf(receiver('http://user:pass@tempo:4318')), /not a plain URL/],
    [bagOf(receiver('http://tempo:4318?a=b')), /not a plain URL/],
    [bagOf(receiver('file:///etc/passwd')), /not a plain URL/],
    [bagOf(receiver(null)), /expected string/],
  ])('%j cannot be read, and why', (bag, reason) => {
    expect(read(bag)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  test('whatever it is, nothing throws, and a URL can stand in an environment', () => {
    const url = fc.oneof(hostileText, fc.webUrl());
    const bags = fc.oneof(
      hostileText.map((receivers) => ({ receivers })),
      url.map((text) => bagOf(receiver(text))),
    );
    fc.assert(
      fc.property(bags, (bag) => {
        const told = read(bag);
        if (told.ok && told.value?.url !== undefined) expect(told.value.url).toMatch(/^https?:\/\/[!-~]+$/);
        expect(() => readRequest(bag)).not.toThrow();
      }),
      { seed: 20260423 },
    );
  });
});

function receiverOf(name: string, type: string, url: string): Receiver {
  return { protocol: { name, type }, url };
}

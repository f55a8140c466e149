import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Backend, keys, publish, publishUnit, read } from '../../../src/interfaces/ingress.ts';
import { publishUrl, requirerApp, requirerUnit } from '../../../src/simulator/stand-ins/ingress/requirer.ts';
import { databagFixture } from './databag-fixture.ts';

const host = 'mimir-k8s-0.mimir-k8s-endpoints.cos.svc.cluster.local';
const backend: Backend = {
  ...{ model: 'cos', application: 'mimir-k8s', port: 9009, stripPrefix: true },
  scheme: 'http',
  healthPath: '/ready',
};

describe("an ingress's URL", () => {
  test('is read as the real one writes it', () => {
    expect(read(databagFixture('ingress').provider_app)).toEqual({
      ok: true,
      value: 'http://traefik.example.com/cos-mimir-k8s',
    });
  });

  test.each([
    ['of a subdomain, without its slash', 'https://cos-mimir.example.com/', 'https://cos-mimir.example.com'],
    ['without the port that is default', 'http://example.com:80/a', 'http://example.com/a'],
  ])('is read %s', (_how, url, read_) => {
    expect(read(publishUrl(url))).toEqual({ ok: true, value: read_ });
  });

  test.each([
    ['empty', {}],
    ['of an object without a URL', { ingress: '{}' }],
    ['null', { ingress: 'null' }],
  ])('is none in a bag that is %s', (_how, bag) => {
    expect(read(bag)).toEqual({ ok: true, value: undefined });
  });

  test.each([
    ['is not JSON', 'x'],
    ['is no URL', '{"url": "gateway"}'],
    ['has another scheme', '{"url": "javascript:alert(1)"}'],
    ['has a password', '{"url": "http://me:secret@gateway"}'],
    ['is a list', '[]'],
  ])('that %s gives a reason that names the key', (_what, ingress) => {
    const result = read({ ingress });
    expect(!result.ok && result.reason).toMatch(/^ingress/);
  });
});

describe('what we tell an ingress', () => {
  test('is what the real library writes', () => {
    const { requirer_app: app, requirer_unit: unit } = databagFixture('ingress');
    const theirs: Backend = { ...backend, port: 8080, scheme: 'https', healthPath: undefined };
    expect(publish(theirs)).toEqual({ ...app, is_port_open: 'true' });
    expect(publishUnit(host, '10.1.20.30')).toEqual(unit);
  });

  test('is read by an ingress as it was meant, under the keys that we own', () => {
    const bag = publish(backend);
    expect(requirerApp.parse(bag)).toEqual({
      ...{ model: 'cos', name: 'mimir-k8s', port: 9009, 'strip-prefix': true, scheme: 'http' },
      healthcheck_params: { path: '/ready' },
    });
    expect(requirerUnit.parse(publishUnit(host, undefined))).toEqual({ host });
    expect(keys.requirerApp).toEqual(expect.arrayContaining(Object.keys(bag)));
    expect(bag['healthcheck_params']).toBe('{"path":"/ready"}');
  });
});

test('any databag gives an answer and no exception', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (ingress) => {
      expect(read({ ingress })).toHaveProperty('ok');
    }),
  );
});

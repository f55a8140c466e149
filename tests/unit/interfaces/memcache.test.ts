import fc from 'fast-check';
import { expect, test } from 'vitest';
import { read } from '../../../src/interfaces/memcache.ts';

test.each([
  [{ host: '10.1.0.7', port: '11211', 'udp-port': '0', 'ingress-address': '10.1.0.7' }, '10.1.0.7', 11_211],
  [{ host: 'Memcached-0.memcached-endpoints', port: '12111' }, 'memcached-0.memcached-endpoints', 12_111],
  [{ host: 'fd00::7', port: '11211' }, 'fd00::7', 11_211],
])('%j says where a memcached listens', (bag, host, port) => {
  expect(read(bag)).toEqual({ ok: true, value: { host, port } });
});

test.each([{}, { 'private-address': '10.1.0.7' }, { host: '', port: '' }])('%j says nothing yet', (bag) => {
  expect(read(bag)).toEqual({ ok: true, value: undefined });
});

test.each([
  [{ host: '10.1.0.7' }, /^port: /],
  [{ port: '11211' }, /^host: /],
  // What a charm on Kubernetes writes before its workload runs.
  [{ host: '10.1.0.7', port: '-1' }, /^port: not a port, such as 11211$/],
  [{ host: '10.1.0.7', port: '65536' }, /^port: /],
  [{ host: '10.1.0.7', port: '011211' }, /^port: /],
  [{ host: 'a,b', port: '11211' }, /^host: not a host name or address$/],
  [{ host: '[fd00::7]', port: '11211' }, /^host: /],
  [{ host: 'http://a', port: 'x' }, /^host: .*; port: /],
])('%j cannot be read, and why', (bag, reason) => {
  expect(read(bag)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});

test('whatever is written, nothing throws', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.record({ host: text, port: text }, { requiredKeys: [] }), (bag) => {
      expect(() => read(bag)).not.toThrow();
    }),
    { seed: 20260423 },
  );
});

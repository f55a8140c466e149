import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { createNames } from '../../../src/charm/name-lookup.ts';
import { answerQuery, type Lookup } from '../../../src/simulator/cluster/name-server.ts';

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

/** A name server with these names, and a resolv.conf that names it; `asked` are the names that were looked up. */
async function serve(lookup: Lookup | undefined) {
  const socket = createSocket('udp4');
  const asked = new Set<string>();
  socket.on('message', (query, { port, address }) => {
    if (lookup === undefined) return;
    const noted: Lookup = (name) => {
      asked.add(name);
      return lookup(name);
    };
    const answer = answerQuery(query, noted);
    if (answer !== undefined) socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closings.push(() => {
    socket.close();
  });
  const resolvConf = `search cos.svc.cluster.local cluster.local\nnameserver 127.0.0.1:${socket.address().port}\noptions ndots:5\n`;
  return { names: createNames(resolvConf), asked };
}

const known = ['memcached-0.memcached-endpoints.cos.svc.cluster.local', 'cache.example.com'];
const lookup: Lookup = (name) => (known.includes(name) ? ['10.1.0.7'] : undefined);

test('names that are whole, or complete by a domain of the search list, resolve; others are told', async () => {
  const { names } = await serve(lookup);
  const asked = [
    'memcached-0.memcached-endpoints',
    'cache.example.com',
    'gone',
    'memcached-1.memcached-endpoints',
  ];
  expect(await names.unresolved(asked)).toEqual(new Set(['gone', 'memcached-1.memcached-endpoints']));
});

test('a name that ends in a dot is not completed', async () => {
  const { names, asked } = await serve(lookup);
  expect(await names.unresolved(['memcached-0.memcached-endpoints.'])).toEqual(
    new Set(['memcached-0.memcached-endpoints.']),
  );
  expect([...asked]).toEqual(['memcached-0.memcached-endpoints']);
});

test('a name without an address does not resolve', async () => {
  const { names } = await serve(() => []);
  expect(await names.unresolved(['cache'])).toEqual(new Set(['cache']));
});

test('without names nothing is asked', async () => {
  const { names, asked } = await serve(lookup);
  expect(await names.unresolved([])).toEqual(new Set());
  expect(asked.size).toBe(0);
});

test('a name server that says nothing is waited for some 2 s at most, for all names together', async () => {
  const { names } = await serve(undefined);
  const startedAt = performance.now();
  expect(await names.unresolved(['a', 'b', 'c'])).toEqual(new Set(['a', 'b', 'c']));
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test.each(['\0', 'a b', '-', '..', 'x'.repeat(300), 'é'])(
  '%j is no name that resolves, and no error',
  async (name) => {
    const { names } = await serve(lookup);
    expect(await names.unresolved([name])).toEqual(new Set([name]));
  },
);

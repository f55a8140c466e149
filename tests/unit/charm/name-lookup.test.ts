import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { findAddress, findFullNames } from '../../../src/charm/name-lookup.ts';
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
  return {
    find: (names: readonly string[]) => findFullNames(names, resolvConf),
    findAddress: (name: string, timeoutMs: number) => findAddress(name, resolvConf, timeoutMs),
    asked,
  };
}

const known = ['memcached-0.memcached-endpoints.cos.svc.cluster.local', 'cache.example.com'];
const lookup: Lookup = (name) => (known.includes(name) ? ['10.1.0.7'] : undefined);

test('names are completed by the first domain of the search list with which they resolve, or are whole', async () => {
  const { find } = await serve(lookup);
  const names = [
    'memcached-0.memcached-endpoints',
    'cache.example.com',
    'gone',
    'memcached-1.memcached-endpoints',
  ];
  expect(await find(names)).toEqual(
    new Map([
      ['memcached-0.memcached-endpoints', 'memcached-0.memcached-endpoints.cos.svc.cluster.local'],
      ['cache.example.com', 'cache.example.com'],
    ]),
  );
});

test('a name of few dots is completed first, one of many is taken for a whole one first', async () => {
  const { find } = await serve(() => ['10.1.0.7']);
  expect(await find(['cache.example.com', 'a.b.c.d.e.f'])).toEqual(
    new Map([
      ['cache.example.com', 'cache.example.com.cos.svc.cluster.local'],
      ['a.b.c.d.e.f', 'a.b.c.d.e.f'],
    ]),
  );
});

test('a name that ends in a dot is not completed, and is told without the dot', async () => {
  const { find, asked } = await serve(lookup);
  expect(await find(['memcached-0.memcached-endpoints.'])).toEqual(new Map());
  expect([...asked]).toEqual(['memcached-0.memcached-endpoints']);
  expect(await find(['cache.example.com.'])).toEqual(new Map([['cache.example.com.', 'cache.example.com']]));
});

test('a name without an address does not resolve', async () => {
  const { find } = await serve(() => []);
  expect(await find(['cache'])).toEqual(new Map());
});

test('a name server that says nothing is waited for some 2 s at most, for all names together', async () => {
  const { find } = await serve(undefined);
  const startedAt = performance.now();
  expect(await find(['a', 'b', 'c'])).toEqual(new Map());
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test.each(['\0', 'a b', '-', '..', 'x'.repeat(300), 'é'])(
  '%j is no name that resolves, and no error',
  async (name) => {
    const { find } = await serve(lookup);
    expect(await find([name])).toEqual(new Map());
  },
);

test('an address is found in the same way, or is none', async () => {
  const { findAddress: find } = await serve(lookup);
  expect(await find('memcached-0.memcached-endpoints', 1_000)).toBe('10.1.0.7');
  expect(await find('cache.example.com', 1_000)).toBe('10.1.0.7');
  expect(await find('gone', 1_000)).toBeUndefined();
});

test('an address that no name server tells is waited for as long as is said', async () => {
  const { findAddress: find } = await serve(undefined);
  const begin = performance.now();
  expect(await find('cache.example.com', 300)).toBeUndefined();
  expect(performance.now() - begin).toBeGreaterThan(250);
});

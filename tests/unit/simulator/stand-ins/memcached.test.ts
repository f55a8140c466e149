import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { read } from '../../../../src/interfaces/memcache.ts';
import { PebbleUnreachableError } from '../../../../src/pebble/index.ts';
import { runAction } from '../../../../src/simulator/stand-ins/memcached/actions.ts';
import { reconcile, type MemcachedPebble } from '../../../../src/simulator/stand-ins/memcached/reconcile.ts';
import { dispatched, fakeJuju, unit, type FakeState } from './fake-juju.ts';

function aState(config: Record<string, unknown> = {}): FakeState {
  const relation = () => ({ endpoint: 'cache', app: 'mimir-k8s', units: [], bags: {} });
  return {
    leader: false,
    config: { host: 'name', size: 64, ...config },
    relations: { 4: relation(), 7: relation() },
  };
}

interface World {
  readonly unreachable?: boolean;
  readonly program?: string | undefined;
}

async function run(state: FakeState, hook: string, world: World = { program: '/usr/bin/memcached' }) {
  const juju = fakeJuju(state);
  const acts: unknown[] = [];
  const act = (what: unknown) => {
    if (world.unreachable === true) return Promise.reject(new PebbleUnreachableError('add', 'no socket'));
    acts.push(what);
    return Promise.resolve();
  };
  const pebble: MemcachedPebble = {
    addLayer: (label, layer) => act({ label, layer }),
    replan: async () => {
      await act('replan');
      return { id: '1', kind: 'replan', summary: '', status: 'Done', ready: true, tasks: [] };
    },
  };
  const about = hook.includes('-relation-') ? { relation: 4 } : undefined;
  const { environment, event } = dispatched(hook, about);
  await reconcile(event, { environment, tools: juju.tools, pebble, program: () => world.program });
  return { ...juju, acts };
}

describe('the memcached stand-in', () => {
  it('runs the memcached of this machine, and tells every relation where, as the charm reads it', async () => {
    const state = aState();
    const { acts, status } = await run(state, 'config-changed');
    expect(acts).toMatchObject([
      {
        layer: {
          services: { memcached: { command: expect.stringMatching(/^\/usr\/bin\/memcached .*-m 64$/) } },
        },
      },
      'replan',
    ]);
    const host = 'standin-2.standin-endpoints.cos.svc.cluster.local';
    for (const id of [4, 7]) {
      const bag = state.relations[id]?.bags[unit] ?? {};
      expect(read(bag)).toEqual({ ok: true, value: { host, port: 11_211 } });
    }
    expect(status()).toEqual(['active', '']);
  });

  it('writes nothing to a relation that breaks', async () => {
    const state = aState();
    await run(state, 'cache-relation-broken');
    expect(state.relations[4]?.bags).toEqual({});
    expect(state.relations[7]?.bags).toHaveProperty([unit]);
  });

  it.each([
    [
      { unreachable: true, program: '/usr/bin/memcached' },
      'waiting',
      /^waiting for the container memcached$/,
    ],
    [{ program: undefined }, 'blocked', /^this machine has no memcached: install its package/],
  ])('in the world %j is %s, and tells nothing', async (world, name, words) => {
    const state = aState();
    const { status } = await run(state, 'config-changed', world);
    expect(status()).toEqual([name, expect.stringMatching(words)]);
    expect(state.relations[4]?.bags).toEqual({});
  });

  it.each([{ host: 'dns' }, { size: 0 }])('is blocked by the options %j', async (config) => {
    const { status, acts } = await run(aState(config), 'config-changed');
    expect(status()).toEqual(['blocked', expect.stringMatching(/^option (host|size): /)]);
    expect(acts).toEqual([]);
  });
});

describe('the action stats', () => {
  it('shows what memcached counts', async () => {
    const server = createServer((socket) => socket.write('STAT get_hits 3\r\nSTAT curr_items 2\r\nEND\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const juju = fakeJuju(aState());
    await runAction('stats', { tools: juju.tools, port });
    server.close();
    expect(juju.results).toEqual({ 'get-hits': '3', 'curr-items': '2' });
  });

  it('fails with the reason if there is no memcached', async () => {
    const juju = fakeJuju(aState());
    await runAction('stats', { tools: juju.tools, port: 1 });
    expect(juju.failure()).toMatch(/^cannot show stats: memcached does not answer \(connect ECONNREFUSED/);
  });
});

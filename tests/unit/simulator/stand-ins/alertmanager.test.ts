import { describe, expect, it } from 'vitest';
import { PebbleUnreachableError } from '../../../../src/pebble/index.ts';
import {
  reconcile,
  type AlertmanagerPebble,
} from '../../../../src/simulator/stand-ins/alertmanager/reconcile.ts';
import { captured } from './captured-databags.ts';
import { dispatched, fakeJuju, unit, type FakeState } from './fake-juju.ts';

function aState(generation = 'v1'): FakeState {
  const relation = () => ({ endpoint: 'alerting', app: 'mimir-k8s', units: [], bags: {} });
  return { leader: false, config: { generation }, relations: { 4: relation(), 7: relation() } };
}

async function run(state: FakeState, hook: string, world: { unreachable?: boolean } = {}) {
  const juju = fakeJuju(state);
  const acts: unknown[] = [];
  const act = (what: unknown) => {
    if (world.unreachable === true) return Promise.reject(new PebbleUnreachableError('add', 'no socket'));
    acts.push(what);
    return Promise.resolve();
  };
  const pebble: AlertmanagerPebble = {
    addLayer: (label, layer, options) => act({ label, layer, options }),
    replan: async () => {
      await act('replan');
      return { id: '1', kind: 'replan', summary: '', status: 'Done', ready: true, tasks: [] };
    },
  };
  const about = hook.includes('-relation-') ? { relation: 4 } : undefined;
  const { environment, event } = dispatched(hook, about);
  await reconcile(event, { environment, tools: juju.tools, pebble });
  return { ...juju, acts };
}

const address = 'standin-2.standin-endpoints.cos.svc.cluster.local:9093';

describe('the Alertmanager stand-in', () => {
  it('tells every relation where this very unit answers, with the keys of the captured databag', async () => {
    const state = aState();
    const { status } = await run(state, 'config-changed');
    const bags = [4, 7].map((id) => state.relations[id]?.bags[unit]);
    const bag = { url: `http://${address}`, public_address: address, scheme: 'http' };
    expect(bags).toEqual([bag, bag]);
    const { provider_unit: real } = captured('alertmanager_dispatch');
    expect(Object.keys(bag)).toEqual(Object.keys(real));
    expect(status()).toEqual(['active', '']);
  });

  it('as v0 publishes no URL, and takes away the one that it had published', async () => {
    const state = aState();
    await run(state, 'config-changed');
    state.config = { generation: 'v0' };
    await run(state, 'config-changed');
    expect(state.relations[4]?.bags[unit]).toEqual({ public_address: address, scheme: 'http' });
  });

  it('writes nothing to a relation that breaks', async () => {
    const state = aState();
    await run(state, 'alerting-relation-broken');
    expect(state.relations[4]?.bags).toEqual({});
    expect(state.relations[7]?.bags).toHaveProperty([unit]);
  });

  it('opens its port, and has Pebble run its server and look whether it is ready', async () => {
    const { acts, calls } = await run(aState(), 'alertmanager-pebble-ready');
    expect(calls.find(({ tool }) => tool === 'open-port')?.args).toEqual(['9093/tcp']);
    expect(acts).toMatchObject([
      {
        layer: {
          services: { alertmanager: { override: 'replace', startup: 'enabled' } },
          checks: { ready: { level: 'ready', http: { url: 'http://127.0.0.1:9093/-/ready' } } },
        },
        options: { combine: true },
      },
      'replan',
    ]);
  });

  it('waits for its container', async () => {
    const { status } = await run(aState(), 'install', { unreachable: true });
    expect(status()).toEqual(['waiting', 'waiting for the container alertmanager']);
  });

  it('is blocked by a generation that there is not, and touches nothing', async () => {
    const { status, acts, calls } = await run(aState('v9'), 'config-changed');
    expect(status()).toEqual(['blocked', expect.stringMatching(/^option generation: /)]);
    expect(acts).toEqual([]);
    expect(calls).toHaveLength(2);
  });
});

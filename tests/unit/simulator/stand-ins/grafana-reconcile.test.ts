import { beforeEach, describe, expect, it } from 'vitest';
import { reconcile } from '../../../../src/simulator/stand-ins/grafana/reconcile.ts';
import { captured } from './captured-databags.ts';
import { dispatched, fakeJuju, modelUuid, type FakeState } from './fake-juju.ts';

const name = `juju_cos_${modelUuid}_mimir-k8s`;
const both = {
  app: captured('grafana_datasource.v1lib').provider_app,
  unit: captured('grafana_datasource').provider_unit,
};

let state: FakeState;
beforeEach(() => {
  state = {
    leader: true,
    config: { library: 'v1' },
    relations: {
      0: { endpoint: 'grafana', app: 'standin', units: [], bags: {} },
      4: {
        endpoint: 'grafana-source',
        app: 'mimir-k8s',
        units: ['mimir-k8s/0', 'mimir-k8s/1'],
        bags: { 'mimir-k8s': both.app, 'mimir-k8s/0': both.unit, 'mimir-k8s/1': both.unit },
      },
    },
  };
});

async function run(hook: string, about?: { relation: number; unit?: string }) {
  const juju = fakeJuju(state);
  const { environment, event } = dispatched(hook, about);
  await reconcile(event, { environment, tools: juju.tools });
  return juju;
}

const changed = () => run('grafana-source-relation-changed', { relation: 4, unit: 'mimir-k8s/0' });
const departed = (unit: string) => run('grafana-source-relation-departed', { relation: 4, unit });
const reply = () => state.relations[4]?.bags['standin'];

describe('the Grafana stand-in', () => {
  it('answers the provider with the names of what it built and with its own', async () => {
    const { status } = await changed();
    expect(reply()).toEqual({
      grafana_uid: `juju_cos_${modelUuid}_standin_2`,
      grafana_base_url: 'http://standin-2.standin-endpoints.cos.svc.cluster.local:3000',
      datasource_uids: JSON.stringify({ 'mimir-k8s/0': `${name}_0`, 'mimir-k8s/1': `${name}_1` }),
      app_datasource_uid: name,
    });
    expect(status()).toEqual(['active', `data sources: ${name}_0, ${name}_1, ${name}`]);
  });

  it('as v0 knows no data source of an application, and says nothing of one', async () => {
    state.config = { library: 'v0' };
    const { status } = await changed();
    expect(reply()).not.toHaveProperty('app_datasource_uid');
    expect(status()).toEqual(['active', `data sources: ${name}_0, ${name}_1`]);
  });

  it('takes the relations anew when its library is changed, as a refresh would', async () => {
    await changed();
    state.config = { library: 'v0' };
    await run('config-changed');
    expect(reply()).not.toHaveProperty('app_datasource_uid');
  });

  it('keeps no data source of a unit that departed, but its answer names it until the next change', async () => {
    await changed();
    const { status } = await departed('mimir-k8s/1');
    expect(status()).toEqual(['active', `data sources: ${name}_0, ${name}`]);
    expect(reply()?.['datasource_uids']).toContain(`${name}_1`);
    Object.assign(state.relations[4] ?? {}, { units: ['mimir-k8s/0'] });
    await changed();
    expect(reply()?.['datasource_uids']).toBe(JSON.stringify({ 'mimir-k8s/0': `${name}_0` }));
  });

  it('keeps the data source of an application after its relation, until another one changes', async () => {
    await changed();
    await departed('mimir-k8s/0');
    await departed('mimir-k8s/1');
    const { status } = await run('grafana-source-relation-broken', { relation: 4 });
    expect(status()).toEqual(['active', `data sources: ${name}`]);
    delete state.relations[4];
    state.relations[5] = { endpoint: 'grafana-source', app: 'loki', units: [], bags: { loki: {} } };
    const later = await run('grafana-source-relation-changed', { relation: 5 });
    expect(later.status()).toEqual(['active', 'no data source']);
  });

  it('ignores a provider that has not described its data', async () => {
    Object.assign(state.relations[4]?.bags ?? {}, { 'mimir-k8s': {} });
    const { status } = await changed();
    expect(reply()).toBeUndefined();
    expect(status()).toEqual(['active', 'no data source']);
  });

  it('as v0 fails on the departure of a unit that had published no host', async () => {
    state.config = { library: 'v0' };
    Object.assign(state.relations[4]?.bags ?? {}, { 'mimir-k8s/1': {} });
    await changed();
    await expect(departed('mimir-k8s/1')).rejects.toThrow(/list index out of range/);
  });

  it('writes nothing if it does not lead, and shows what the leader built', async () => {
    await changed();
    state.leader = false;
    const { status, calls } = await departed('mimir-k8s/1');
    expect(calls.filter(({ tool }) => tool === 'relation-set')).toEqual([]);
    expect(status()).toEqual(['active', `data sources: ${name}_0, ${name}_1, ${name}`]);
  });

  it('makes the password once', async () => {
    await run('leader-elected');
    const made = state.relations[0]?.bags['standin']?.['admin_password'];
    expect(made).toMatch(/^[\w-]{20}$/);
    await run('config-changed');
    expect(state.relations[0]?.bags['standin']?.['admin_password']).toBe(made);
  });

  it('is blocked by a library that there is not, and touches nothing', async () => {
    state.config = { library: 'v2' };
    const { status, calls } = await changed();
    expect(status()).toEqual(['blocked', expect.stringMatching(/^option library: /)]);
    expect(calls.map(({ tool }) => tool)).toEqual(['config-get', 'status-set']);
  });
});

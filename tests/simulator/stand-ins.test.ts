import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ControlLine } from '../../src/simulator/client.ts';
import { probeNamespaces } from '../../src/simulator/launch/probe.ts';
import { runAction, statusOf } from '../support/mimir-story.ts';
import { root, startSimulation, type Simulation } from '../support/simulation.ts';
import { captured } from '../unit/simulator/stand-ins/captured-databags.ts';

const obstacle = probeNamespaces();
const provider = join(root, 'tests/fixtures/charms/datasource-provider');
const name = 'juju_cos_3f0e8c1a-5b6d-4c2e-9a7f-0d1e2f3a4b5c_mimir-k8s';

const bag = z.record(z.string(), z.string());
const relation = z.object({
  endpoint: z.string(),
  'application-data': bag,
  'related-units': z.record(z.string(), z.object({ data: bag })),
});
const unitView = z.record(z.string(), z.object({ 'relation-info': z.array(relation) }));

describe.skipIf(obstacle !== undefined)(`stand-ins in pods (${obstacle ?? 'in namespaces'})`, () => {
  let simulation: Simulation;
  const act = (unit: string, action: string, parameters: Record<string, unknown> = {}) =>
    runAction(simulation, unit, { action, parameters });
  const settled = async (call: Parameters<Simulation['ask']>[0]) => {
    await simulation.ask(call);
    await simulation.settle();
  };
  const configure = (application: string, set: Record<string, string>) =>
    settled({ command: 'config', application, set });
  const scale = (application: string, units: number) =>
    settled({ command: 'scale-application', application, units });
  const relationOf = async (unit: string, endpoint: string) => {
    const view = unitView.parse(await simulation.ask({ command: 'show-unit', unit }));
    return view[unit]?.['relation-info'].find((each) => each.endpoint === endpoint);
  };

  beforeAll(async () => {
    simulation = await startSimulation();
    const config = {
      data: captured('grafana_datasource.v1lib').provider_app['grafana_source_data'] ?? '',
      app_host: 'provider.demo.svc.cluster.local:9009/prometheus',
      unit_host: 'http://UNIT:9009/prometheus',
    };
    await simulation.ask({ command: 'deploy', charm: provider, application: 'provider', units: 2, config });
    for (const charm of ['grafana-k8s', 'alertmanager-k8s'])
      await simulation.ask({ command: 'deploy', charm, application: charm, units: 2 });
    await simulation.settle();
    await simulation.ask({ command: 'integrate', endpoints: ['provider', 'grafana-k8s'] });
    await settled({ command: 'integrate', endpoints: ['provider', 'alertmanager-k8s'] });
  });
  afterAll(async () => {
    await simulation.close();
  });

  describe('grafana', () => {
    const sources = z.object({
      datasources: z.record(z.string(), z.object({ name: z.string(), url: z.string() })).default({}),
    });
    const listed = async (unit = 'grafana-k8s/0') => {
      const { datasources } = sources.parse(await act(unit, 'list-datasources'));
      return Object.values(datasources).map((source) => source.name);
    };
    const answered = async () => (await relationOf('provider/0', 'grafana-source'))?.['application-data'];

    test('runs as a charm without containers, and each unit knows the data sources that the leader built', async () => {
      await statusOf(simulation, 'grafana-k8s/1', /^active: data sources: /);
      const all = [`${name}_0`, `${name}_1`, name];
      expect(await listed()).toEqual(all);
      expect(await listed('grafana-k8s/1')).toEqual(all);
      expect(await answered()).toMatchObject({
        grafana_uid: expect.stringMatching(/^juju_demo_[0-9a-f-]{36}_grafana-k8s_0$/),
        datasource_uids: JSON.stringify({ 'provider/0': `${name}_0`, 'provider/1': `${name}_1` }),
        app_datasource_uid: name,
      });
    });

    test.each([
      ['the application', name, /^provider-[01]$/],
      ['a unit', `${name}_1`, /^provider-1$/],
    ])(
      'queries from its pod through the data source of %s, as its tenant',
      async (_what, datasource, pod) => {
        const answer = await act('grafana-k8s/1', 'query', { expr: 'up', datasource });
        expect(answer).toMatchObject({ status: '200', values: '["2"]' });
        expect(JSON.parse(String(answer['result']))).toMatchObject([
          { metric: { tenant: 'anonymous', pod: expect.stringMatching(pod) } },
        ]);
      },
    );

    test('shows the same password on every unit', async () => {
      const passwords = [
        await act('grafana-k8s/0', 'get-admin-password'),
        await act('grafana-k8s/1', 'get-admin-password'),
      ].map((answer) => answer['admin-password']);
      expect(passwords[0]).toMatch(/^[\w-]{20}$/);
      expect(passwords[1]).toBe(passwords[0]);
    });

    test('keeps no data source of a unit that left, and as v0 none of the application', async () => {
      await scale('provider', 1);
      expect(await listed()).toEqual([`${name}_0`, name]);
      await configure('grafana-k8s', { library: 'v0' });
      expect(await listed()).toEqual([`${name}_0`]);
      expect(await answered()).not.toHaveProperty('app_datasource_uid');
      await settled({ command: 'remove-relation', endpoints: ['provider', 'grafana-k8s'] });
      expect(await listed()).toEqual([]);
      await statusOf(simulation, 'grafana-k8s/1', /^active: no data source$/);
    });
  });

  describe('alertmanager', () => {
    const published = async () => {
      const units = (await relationOf('provider/0', 'alertmanager'))?.['related-units'] ?? {};
      return Object.fromEntries(Object.entries(units).map(([unit, { data }]) => [unit, data['url']]));
    };
    /** Makes a request from a pod of another application; what it answered. */
    const request = async (url: string, alerts?: readonly object[]) => {
      const options = alerts === undefined ? {} : { method: 'POST', body: JSON.stringify(alerts) };
      const script = `fetch(${JSON.stringify(url)}, ${JSON.stringify(options)})
        .then(async (answer) => console.log(answer.status, await answer.text()))`;
      let output = '';
      const onLine = (line: ControlLine) => {
        if (line.kind === 'output') output += line.text;
      };
      const argv = [process.execPath, '-e', script];
      await simulation.client.request(
        { command: 'exec', unit: 'provider/0', container: 'workload', argv },
        onLine,
      );
      return output.trim();
    };
    const alert = { labels: { alertname: 'Down' }, startsAt: new Date().toISOString() };

    test('tells the address of every unit, and each takes the alerts that are posted to it', async () => {
      await statusOf(simulation, 'alertmanager-k8s/1', /^active$/);
      const host = (ordinal: number) =>
        `alertmanager-k8s-${ordinal}.alertmanager-k8s-endpoints.demo.svc.cluster.local`;
      const urls = await published();
      expect(urls).toEqual({
        'alertmanager-k8s/0': `http://${host(0)}:9093`,
        'alertmanager-k8s/1': `http://${host(1)}:9093`,
      });
      for (const [unit, url] of Object.entries(urls)) {
        expect(await act(unit, 'list-alerts')).toMatchObject({ requests: '0', active: '0', resolved: '0' });
        expect(await request(`${url ?? ''}/api/v2/alerts`, [alert])).toBe('200');
        expect(await act(unit, 'list-alerts')).toMatchObject({
          ...{ requests: '1', active: '1', resolved: '0' },
          alerts: { 0: { alertname: 'Down', state: 'active' } },
        });
      }
    });

    test('answers through its Service, and holds an alert for resolved that is posted with its end', async () => {
      await scale('alertmanager-k8s', 1);
      expect(Object.keys(await published())).toEqual(['alertmanager-k8s/0']);
      const service = 'http://alertmanager-k8s.demo.svc.cluster.local:9093/api/v2/alerts';
      expect(await request(service)).toMatch(/^200 .*"alertname":"Down"/);
      expect(await request(service, [{ ...alert, endsAt: new Date().toISOString() }])).toBe('200');
      expect(await act('alertmanager-k8s/0', 'list-alerts')).toMatchObject({ active: '0', resolved: '1' });
      expect(await request(service)).toBe('200 []');
    });

    test('as v0 publishes no URL, and loses nothing of its alerts', async () => {
      await configure('alertmanager-k8s', { generation: 'v0' });
      const { data } =
        (await relationOf('provider/0', 'alertmanager'))?.['related-units']['alertmanager-k8s/0'] ?? {};
      expect(data).toMatchObject({ scheme: 'http', public_address: expect.stringMatching(/:9093$/) });
      expect(data).not.toHaveProperty('url');
      expect(await act('alertmanager-k8s/0', 'list-alerts')).toMatchObject({ resolved: '1' });
    });
  });
});

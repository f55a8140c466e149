import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ingressPort } from '../../src/simulator/stand-ins/ingress/routes.ts';
import { addAuthority, authority, trustAuthority, trusting } from '../support/certificates-story.ts';
import {
  alertFile,
  answerOf,
  mimirPid,
  query,
  runAction,
  statusOf,
  unitStatus,
} from '../support/mimir-story.ts';
import { ourBags } from '../support/our-bags.ts';
import { fingerprintOn, listeningPorts } from '../support/shown-certificate.ts';
import { eventually, startSimulation, type Simulation } from '../support/simulation.ts';

const unit = 'mimir-k8s/0';
const host = 'mimir-k8s.demo.svc.cluster.local';
const ports = [7946, 9009, 9095];
/** Juju: by them the kubelet asks the Pebbles of both containers how they are (caas/kubernetes/provider/application). */
const portsOfPebble = [38812, 38813];

describe('with certificates of an authority of its own', () => {
  let simulation: Simulation;
  let secure: Simulation;
  let ca = '';
  const relate = (endpoints: [string, string]) => simulation.ask({ command: 'integrate', endpoints });
  const bags = async () => JSON.stringify(await ourBags(simulation, unit));

  /** Sends a sample as the sender does, and waits until a query of Grafana's finds it. */
  const flows = async (value: number) => {
    await runAction(simulation, 'sender/0', { action: 'send', parameters: { value } });
    return eventually(`the sample ${value}`, async () => {
      const { values, url } = await runAction(simulation, 'grafana/0', {
        action: 'query',
        parameters: { expr: 'juju_sim_value' },
      });
      return String(values).includes(String(value)) ? String(url) : undefined;
    });
  };

  beforeAll(async () => {
    const reach = [{ unit: 'ingress/0', port: ingressPort }, ...ports.map((port) => ({ unit, port }))];
    simulation = await startSimulation({ reach });
    for (const [charm, application, config] of [
      ['remote-write-sender', 'sender', { rules: alertFile('shared', 'OverTls') }],
      ['grafana', 'grafana', {}],
      ['otlp-sender', 'collector', {}],
    ] as const)
      await simulation.ask({ command: 'deploy', charm, application, config });
    await simulation.deployMimir();
    for (const other of ['sender', 'grafana', 'collector']) await relate(['mimir-k8s', other]);
    await simulation.settle();
    await addAuthority(simulation);
    await trustAuthority(simulation, ['sender', 'grafana', 'collector']);
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    ({ simulation: secure, ca } = await trusting(simulation));
  });
  afterAll(() => simulation.close());

  test('every port that Mimir listens on shows the certificate, and none serves in clear', async () => {
    expect(listeningPorts((await mimirPid(simulation)) ?? 0)).toEqual([...ports, ...portsOfPebble]);
    const shown = await Promise.all(
      ports.map((port) => fingerprintOn(simulation.forwarded(unit, port), { ca, servername: host })),
    );
    expect(new Set(shown).size).toBe(1);
    for (const port of ports) {
      const { status } = await simulation.direct(unit, port)('/ready');
      expect([0, 400]).toContain(status);
    }
  });

  test('all are told https, and samples and queries go by it', async () => {
    expect(await bags()).not.toContain('http://');
    expect(await flows(4711)).toContain(`https://${host}:9009`);
  });

  test('a metric that is sent over OTLP is queried back', async () => {
    await runAction(simulation, 'collector/0', { action: 'send', parameters: { value: 42 } });
    const found = await eventually('the metric', async () => {
      const values = await query(secure, 'otlp_value');
      return values.includes('42') ? values : undefined;
    });
    expect(found).toEqual(['42']);
  });

  test("an alert of the sender's rules reaches Mimir's own Alertmanager", async () => {
    await eventually('the alert', async () => {
      const { text } = await answerOf(secure, '/alertmanager/api/v2/alerts');
      return text.includes('OverTls') ? true : undefined;
    });
  });

  test('actions ask Mimir as it speaks', async () => {
    const { rules = '' } = await runAction(simulation, unit, { action: 'list-rules' });
    expect(JSON.stringify(rules)).toContain('OverTls');
  });

  test('an ingress reaches it by https, and nobody is told http but by the ingress', async () => {
    await simulation.ask({ command: 'deploy', charm: 'ingress', application: 'ingress' });
    await trustAuthority(simulation, ['ingress']);
    await relate(['mimir-k8s', 'ingress']);
    await simulation.settle();
    expect(await flows(4712)).toContain('http://ingress.demo.svc.cluster.local/demo-mimir-k8s');
    expect(await simulation.direct('ingress/0', ingressPort)('/demo-mimir-k8s/ready')).toMatchObject({
      status: 200,
    });
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', 'ingress'] });
    await simulation.settle();
    expect(await flows(4713)).toContain(`https://${host}:9009`);
  });

  test('a certificate that is revoked is replaced by one for another key, without a restart', async () => {
    const pid = await mimirPid(simulation);
    const port = simulation.forwarded(unit, 9009);
    const before = await fingerprintOn(port, { ca, servername: host });
    await runAction(simulation, `${authority}/0`, { action: 'revoke' });
    await simulation.settle();
    expect(await fingerprintOn(port, { ca, servername: host })).not.toBe(before);
    expect(await mimirPid(simulation)).toBe(pid);
    await statusOf(simulation, unit, /^active$/);
    await flows(4714);
  });

  test('a new authority takes one restart, and those that trust it go on', async () => {
    const pid = await mimirPid(simulation);
    await runAction(simulation, `${authority}/0`, { action: 'rotate-ca' });
    await simulation.settle();
    expect(await mimirPid(simulation)).not.toBe(pid);
    await statusOf(simulation, unit, /^active$/);
    expect(await secure.http('/ready')).toMatchObject({ status: 0 });
    ({ simulation: secure, ca } = await trusting(simulation));
    expect(await answerOf(secure, '/ready')).toMatchObject({ status: 200 });
    await flows(4715);
  });

  test('a provider that refuses is named with its reason, and Mimir shows what it has', async () => {
    const set = (refuse: string) =>
      simulation.ask({ command: 'config', application: authority, set: { refuse }, reset: [] });
    await set('102');
    await runAction(simulation, `${authority}/0`, { action: 'revoke' });
    await simulation.settle();
    expect(await unitStatus(simulation, unit)).toMatch(/^blocked: \[certificates\] It refuses .*102/);
    await flows(4716);
    await set('false');
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
  });

  test('without the relation it speaks plain HTTP again, and all are told', async () => {
    await simulation.ask({ command: 'remove-relation', endpoints: ['mimir-k8s', authority] });
    await simulation.settle();
    await statusOf(simulation, unit, /^active$/);
    expect(await bags()).not.toContain('https://');
    expect(await answerOf(simulation, '/ready')).toMatchObject({ status: 200 });
    expect(await flows(4717)).toContain(`http://${host}:9009`);
  });
});

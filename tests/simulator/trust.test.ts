import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { publish, read } from '../../src/interfaces/tls-certificates.ts';
import { probeNamespaces } from '../../src/simulator/launch/probe.ts';
import { ingressPort } from '../../src/simulator/stand-ins/ingress/routes.ts';
import { createKey, createRequest } from '../../src/x509/certificate-request.ts';
import { runAction, statusOf } from '../support/mimir-story.ts';
import { eventually, root, startSimulation, type Simulation } from '../support/simulation.ts';

const obstacle = probeNamespaces();
const clients = ['sender', 'grafana', 'otlp-sender', 'ingress'] as const;
const untrusted = /its certificate is not trusted: /;

const unitView = z.record(
  z.string(),
  z.object({
    'relation-info': z.array(
      z.object({ endpoint: z.string(), 'application-data': z.record(z.string(), z.string()) }),
    ),
  }),
);

describe.skipIf(obstacle !== undefined)(
  `clients of a server by a private authority (${obstacle ?? 'in pods'})`,
  () => {
    let simulation: Simulation;
    const settled = async (call: Parameters<Simulation['ask']>[0]) => {
      await simulation.ask(call);
      await simulation.settle();
    };
    const integrate = (...endpoints: [string, string]) => simulation.ask({ command: 'integrate', endpoints });
    const issued = async (request: string) => {
      const view = unitView.parse(await simulation.ask({ command: 'show-unit', unit: 'server/0' }));
      const bag = view['server/0']?.['relation-info'].find(({ endpoint }) => endpoint === 'certificates');
      const outcome = read(bag?.['application-data'] ?? {}, request);
      if (!outcome.ok || outcome.value.kind !== 'issued') throw new Error(JSON.stringify(outcome));
      return outcome.value.certificate;
    };
    const send = (unit: string, value: number, more: Record<string, number> = {}) =>
      runAction(simulation, unit, { action: 'send', parameters: { value, ...more } });
    const query = () => runAction(simulation, 'grafana/0', { action: 'query', parameters: { expr: 'up' } });
    const journal = () => runAction(simulation, 'sender/0', { action: 'journal' });
    const throughIngress = () => simulation.direct('ingress/0', ingressPort)('/demo-server/any');

    beforeAll(async () => {
      simulation = await startSimulation({ reach: [{ unit: 'ingress/0', port: ingressPort }] });
      const key = await createKey();
      const names = ['server', 'server-0.server-endpoints'].map((name) => `${name}.demo.svc.cluster.local`);
      const request = await createRequest({ privateKey: key, commonName: 'server', dnsNames: names });
      const server = join(root, 'tests/fixtures/charms/secure-server');
      const config = { key, request: publish(request)['certificate_signing_requests'] ?? '' };
      await simulation.ask({ command: 'deploy', charm: server, application: 'server', config });
      await simulation.ask({
        ...{ command: 'deploy', charm: 'remote-write-sender', application: 'sender' },
        config: { series: '0' },
      });
      for (const charm of ['grafana', 'otlp-sender', 'ingress', 'self-signed-certificates'])
        await simulation.ask({ command: 'deploy', charm });
      for (const client of clients) await integrate('server', client);
      await integrate('server:certificates', 'self-signed-certificates');
      await simulation.settle();
      const certificate = await issued(request);
      await settled({ command: 'config', application: 'server', set: { certificate } });
      await statusOf(simulation, 'server/0', /^active/);
    });
    afterAll(() => simulation.close());

    /** That none of them takes the server; `pending` is how many samples wait in the sender then. */
    const expectRefused = async (pending: number) => {
      await expect(query()).rejects.toThrow(untrusted);
      await expect(send('otlp-sender/0', 1)).rejects.toThrow(untrusted);
      await expect(send('sender/0', 1, { timeout: 1 })).rejects.toThrow(/stays queued/);
      expect(await journal()).toMatchObject({
        pending: String(pending),
        dropped: '0',
        urls: expect.stringMatching(untrusted),
      });
      expect(await throughIngress()).toEqual({ status: 503, text: 'no available server\n' });
    };

    test('refuse it before they are told to trust its authority', async () => {
      await expectRefused(1);
    });

    test('take it once the authority is related, and samples that waited for that go out', async () => {
      for (const client of clients) await integrate(`${client}:receive-ca-cert`, 'self-signed-certificates');
      await simulation.settle();
      expect(await query()).toMatchObject({ values: '["5"]' });
      expect(await send('otlp-sender/0', 2)).toMatchObject({ value: '2' });
      expect(await throughIngress()).toMatchObject({ status: 200 });
      await send('sender/0', 2);
      expect(await journal()).toMatchObject({ acknowledged: '2', pending: '0', dropped: '0' });
      for (const client of clients) await statusOf(simulation, `${client}/0`, /^active/);
    });

    test('refuse it again when that relation is gone, and the sender keeps its journal', async () => {
      for (const client of clients)
        await simulation.ask({
          command: 'remove-relation',
          endpoints: [`${client}:receive-ca-cert`, 'self-signed-certificates'],
        });
      await simulation.settle();
      await eventually('what the workload of the sender was told', async () =>
        (await send('sender/0', 3, { timeout: 1 }).catch(() => undefined)) === undefined ? true : undefined,
      );
      await expectRefused(2);
      expect(await journal()).toMatchObject({ acknowledged: expect.stringMatching(/^[2-9]$/) });
    });
  },
);

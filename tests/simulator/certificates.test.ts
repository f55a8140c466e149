import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as transfer from '../../src/interfaces/certificate-transfer.ts';
import { publish, read, type Outcome } from '../../src/interfaces/tls-certificates.ts';
import { probeNamespaces } from '../../src/simulator/launch/probe.ts';
import { createKey, createRequest } from '../../src/x509/certificate-request.ts';
import { chainToServe, inspectCertificate } from '../../src/x509/certificate.ts';
import { runAction, statusOf } from '../support/mimir-story.ts';
import { root, startSimulation, type Simulation } from '../support/simulation.ts';

const obstacle = probeNamespaces();
const provider = 'self-signed-certificates/0';

const bag = z.record(z.string(), z.string());
const relation = z.object({
  endpoint: z.string(),
  'application-data': bag,
  'related-units': z.record(z.string(), z.object({ data: bag })),
});
const unitView = z.record(z.string(), z.object({ 'relation-info': z.array(relation) }));
const shownCa = z.object({ 'ca-certificate': z.string() });

/** A unit's key, and the request that it has in its bag. */
interface Asker {
  readonly privateKey: string;
  readonly request: string;
  readonly names: readonly string[];
}

async function newAsker(unit: string, privateKey?: string): Promise<Asker> {
  const key = privateKey ?? (await createKey());
  const names = [`${unit.replace('/', '-')}.requirer-endpoints.demo.svc.cluster.local`];
  return {
    privateKey: key,
    names,
    request: await createRequest({ privateKey: key, commonName: 'requirer', dnsNames: names }),
  };
}

const requestsOf = ({ request }: { readonly request: string }) =>
  publish(request)['certificate_signing_requests'] ?? '';

describe.skipIf(obstacle !== undefined)(`a certificate authority (${obstacle ?? 'in a pod'})`, () => {
  let simulation: Simulation;
  let first: Asker;
  let second: Asker;

  const act = (action: string) => runAction(simulation, provider, { action });
  const settled = async (call: Parameters<Simulation['ask']>[0]) => {
    await simulation.ask(call);
    await simulation.settle();
  };
  const configure = (application: string, set: Record<string, string>) =>
    settled({ command: 'config', application, set });
  const relationOf = async (unit: string, endpoint: string) => {
    const view = unitView.parse(await simulation.ask({ command: 'show-unit', unit }));
    const found = view[unit]?.['relation-info'].find((each) => each.endpoint === endpoint);
    if (found === undefined) throw new Error(`cannot find a relation of ${unit} at ${endpoint}`);
    return found;
  };
  const outcomeOf = async ({ request }: { readonly request: string }): Promise<Outcome> => {
    const result = read((await relationOf('requirer/0', 'certificates'))['application-data'], request);
    if (!result.ok) throw new Error(result.reason);
    return result.value;
  };
  const issuedTo = async (asker: Asker) => {
    const outcome = await outcomeOf(asker);
    if (outcome.kind !== 'issued') throw new Error(`the request is ${outcome.kind}`);
    return outcome;
  };
  const inspect = async (asker: Asker) => {
    const { certificate } = await issuedTo(asker);
    const found = inspectCertificate({ ...asker, certificate, now: new Date() });
    if (!found.ok) throw new Error(found.reason);
    return found.value;
  };
  const trusted = async (unit = 'requirer/0') => {
    const { 'application-data': app, 'related-units': units } = await relationOf(unit, 'receive-ca-cert');
    return transfer.read({ app, units: Object.values(units).map(({ data }) => data) });
  };
  const authority = async () => shownCa.parse(await act('get-ca'))['ca-certificate'];

  beforeAll(async () => {
    simulation = await startSimulation();
    [first, second] = await Promise.all([newAsker('requirer/0'), newAsker('requirer/1')]);
    const charm = join(root, 'tests/fixtures/charms/certificates-requirer');
    const config = { 'requests-0': requestsOf(first), 'requests-1': requestsOf(second) };
    await simulation.ask({ command: 'deploy', charm: 'self-signed-certificates', units: 1 });
    await simulation.ask({ command: 'deploy', charm, application: 'requirer', units: 2, config });
    await simulation.ask({ command: 'deploy', charm, application: 'old', config: { version: '' } });
    await simulation.ask({
      command: 'integrate',
      endpoints: ['requirer:certificates', 'self-signed-certificates'],
    });
    for (const application of ['requirer', 'old'])
      await simulation.ask({
        command: 'integrate',
        endpoints: [`${application}:receive-ca-cert`, 'self-signed-certificates'],
      });
    await simulation.settle();
  });
  afterAll(async () => {
    await simulation.close();
  });

  test('signs the request of each unit, for its key and its names', async () => {
    await statusOf(simulation, provider, /^active: certificates: 2$/);
    const ca = await authority();
    for (const asker of [first, second]) {
      const issued = await issuedTo(asker);
      expect(issued.ca).toBe(ca);
      expect(await inspect(asker)).toMatchObject({ validity: 'valid', matchesKey: true, uncovered: [] });
      expect(chainToServe(issued)).toEqual({ ok: true, value: [`${issued.certificate}\n`] });
    }
  });

  test('tells whom to trust, in the version that the other side understands', async () => {
    const ca = await authority();
    expect(await trusted()).toEqual({ ok: true, value: [ca] });
    expect(await trusted('old/0')).toEqual({ ok: true, value: [ca] });
    const { 'application-data': app } = await relationOf('old/0', 'receive-ca-cert');
    expect(app).toEqual({});
  });

  test('takes away the certificate of a request that another one replaces', async () => {
    const before = first;
    const untouched = await issuedTo(second);
    first = await newAsker('requirer/0', before.privateKey);
    await configure('requirer', { 'requests-0': requestsOf(first) });
    expect(await outcomeOf(before)).toEqual({ kind: 'none' });
    expect(await inspect(first)).toMatchObject({ matchesKey: true });
    expect(await issuedTo(second)).toEqual(untouched);
  });

  test('signs as long as its option says', async () => {
    await configure('self-signed-certificates', { 'certificate-validity': '60s' });
    first = await newAsker('requirer/0', first.privateKey);
    await configure('requirer', { 'requests-0': requestsOf(first) });
    const { notBefore, notAfter } = await inspect(first);
    expect(notAfter.getTime() - notBefore.getTime()).toBe(60_000);
    await configure('self-signed-certificates', { 'certificate-validity': '90d' });
  });

  test('is the same authority after its pod was deleted and came back', async () => {
    const before = [await authority(), await issuedTo(second)];
    await settled({ command: 'kill', unit: provider, target: { kind: 'pod' } });
    await statusOf(simulation, provider, /^active/);
    expect([await authority(), await issuedTo(second)]).toEqual(before);
  });

  test('after rotate-ca another authority has signed all, and is the one to trust', async () => {
    const before = await issuedTo(second);
    const { 'ca-certificate': ca } = shownCa.parse(await act('rotate-ca'));
    await simulation.settle();
    const after = await issuedTo(second);
    expect(after.ca).toBe(ca);
    expect(after.ca).not.toBe(before.ca);
    expect(await inspect(second)).toMatchObject({ matchesKey: true, uncovered: [] });
    expect(await trusted()).toEqual({ ok: true, value: [ca] });
    expect(await trusted('old/0')).toEqual({ ok: true, value: [ca] });
    expect(await authority()).toBe(ca);
  });

  test('revokes all that it signed, until there is a new request', async () => {
    expect(await act('revoke')).toMatchObject({ revoked: '2' });
    await simulation.settle();
    expect(await outcomeOf(first)).toEqual({ kind: 'revoked' });
    first = await newAsker('requirer/0', first.privateKey);
    await configure('requirer', { 'requests-0': requestsOf(first) });
    expect(await inspect(first)).toMatchObject({ matchesKey: true });
    expect(await outcomeOf(second)).toEqual({ kind: 'revoked' });
  });

  test('refuses new requests with the error of its option, and signs them once it is unset', async () => {
    await configure('self-signed-certificates', { refuse: '102' });
    second = await newAsker('requirer/1', second.privateKey);
    await configure('requirer', { 'requests-1': requestsOf(second) });
    await statusOf(simulation, provider, /^active: certificates: 1, requests refused: 1$/);
    const error = { code: 102, name: 'domain_not_allowed' };
    expect(await outcomeOf(second)).toMatchObject({ kind: 'refused', error });
    expect(await inspect(first)).toMatchObject({ matchesKey: true });
    await configure('self-signed-certificates', { refuse: 'false' });
    expect(await inspect(second)).toMatchObject({ matchesKey: true });
  });

  test('answers a request that it cannot read, and says where requests are not even a list', async () => {
    const request = '-----BEGIN CERTIFICATE REQUEST-----\nMIIA\n-----END CERTIFICATE REQUEST-----';
    await configure('requirer', { 'requests-0': requestsOf({ request }) });
    expect(await outcomeOf({ request })).toMatchObject({ kind: 'refused', error: { code: 999 } });
    await configure('requirer', { 'requests-0': '{' });
    await statusOf(simulation, provider, /^blocked: relation \d+: certificate_signing_requests: /);
    expect(await inspect(second)).toMatchObject({ matchesKey: true });
    await configure('requirer', { 'requests-0': requestsOf(first) });
  });

  test('refuses options that it does not understand with words', async () => {
    await configure('self-signed-certificates', { 'certificate-validity': 'for ever' });
    await statusOf(
      simulation,
      provider,
      /^blocked: option certificate-validity: not a time such as 60s or 90d$/,
    );
    await configure('self-signed-certificates', {
      'certificate-validity': '90d',
      'ca-common-name': 'another',
    });
    await statusOf(simulation, provider, /^active: certificates: 2$/);
    expect((await issuedTo(second)).ca).toBe(await authority());
  });
});

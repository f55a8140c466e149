import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildObstacle, findBinary, provideBinary } from '../../scripts/binaries.ts';
import { probeNamespaces } from '../../src/simulator/launch/probe.ts';
import { runAction, statusOf } from '../support/mimir-story.ts';
import { s3ClientIn, type S3Access, type S3Client } from '../support/s3-client.ts';
import { eventually, root, startSimulation, type Simulation } from '../support/simulation.ts';

const unbuildable = () => (findBinary('minio') === undefined ? buildObstacle() : undefined);
const obstacle = probeNamespaces() ?? unbuildable();

const bag = z.record(z.string(), z.string());
const unitView = z.record(
  z.string(),
  z.object({ 'relation-info': z.array(z.object({ 'application-data': bag })) }),
);
const keyPair = z.object({ 'access-key': z.string(), 'secret-key': z.string() });

const integrator = 's3-integrator/0';
const requirer = 'requirer/0';
const endpoint = 'http://s3-integrator.demo.svc.cluster.local:9000';

describe.skipIf(obstacle !== undefined)(`an object store (${obstacle ?? 'MinIO in a pod'})`, () => {
  let simulation: Simulation;
  let s3: S3Client;

  const act = (action: string, parameters: Record<string, unknown> = {}) =>
    runAction(simulation, integrator, { action, parameters });
  const settled = async (call: Parameters<Simulation['ask']>[0]) => {
    await simulation.ask(call);
    await simulation.settle();
  };
  const configure = (set: Record<string, string>) =>
    settled({ command: 'config', application: 's3-integrator', set });
  const told = async () => {
    const view = unitView.parse(await simulation.ask({ command: 'show-unit', unit: requirer }));
    return view[requirer]?.['relation-info'][0]?.['application-data'] ?? {};
  };
  const inSecret = async (id: string) => {
    let output = '';
    const argv = ['secret-get', id, '--refresh', '--format=json'];
    await simulation.client.request({ command: 'exec', unit: requirer, argv }, (line) => {
      if (line.kind === 'output') output += line.text;
    });
    return output;
  };
  /** What the requirer was told, with the keys from wherever they are. */
  const access = async (): Promise<S3Access> => {
    const { bucket = '', endpoint: url = '', ...rest } = await told();
    const secret = rest['secret-extra'];
    const keys = keyPair.parse(secret === undefined ? rest : JSON.parse(await inSecret(secret)));
    return { bucket, endpoint: url, accessKey: keys['access-key'], secretKey: keys['secret-key'] };
  };
  /** The answer once the Service leads to the store again: until then it refuses connections. */
  const connected = (request: () => Promise<string>) =>
    eventually('an answer of the store', async () => {
      const answer = await request();
      return /^error: (ECONNREFUSED|ECONNRESET|socket hang up)/.test(answer) ? undefined : answer;
    });
  const hooks = async () => {
    const lines: string[] = [];
    await simulation.client.request({ command: 'debug-log', include: requirer }, (line) => {
      if (line.kind === 'log') lines.push(line.line);
    });
    return lines.flatMap((line) => /ran "([^"]+)" hook/.exec(line)?.[1] ?? []);
  };

  beforeAll(async () => {
    await provideBinary('minio', (line) => {
      console.log(line);
    });
    simulation = await startSimulation();
    s3 = s3ClientIn(simulation, requirer);
    const charm = join(root, 'tests/fixtures/charms/s3-requirer');
    const config = { bucket: 'metrics' };
    await simulation.ask({ command: 'deploy', charm: 'minio', application: 's3-integrator' });
    await simulation.ask({ command: 'deploy', charm, application: 'requirer', config });
    await simulation.ask({ command: 'integrate', endpoints: ['requirer', 's3-integrator'] });
    await statusOf(simulation, integrator, /^active: buckets: metrics$/);
    await simulation.settle();
  }, 900_000);
  afterAll(async () => {
    await simulation.close();
  });

  test('tells as v1 where the bucket is that was asked for, and keeps the keys in a secret', async () => {
    const { 'secret-extra': secret = '', ...rest } = await told();
    expect(rest).toEqual({
      ...{ version: '1', bucket: 'metrics', endpoint, region: 'us-east-1' },
      's3-uri-style': 'path',
    });
    expect(Object.keys(keyPair.parse(JSON.parse(await inSecret(secret))))).toHaveLength(2);
  });

  test('an object that was put through the Service is there after the pod was deleted and came back', async () => {
    const before = await access();
    expect(await connected(() => s3.put(before, 'blocks/1', 'chunks'))).toBe('done');
    await settled({ command: 'kill', unit: integrator, target: { kind: 'pod' } });
    await statusOf(simulation, integrator, /^active/);
    expect(await connected(() => s3.get(before, 'blocks/1'))).toBe('chunks');
    expect(await access()).toEqual(before);
    expect(await act('list-objects')).toMatchObject({ bucket: 'metrics', objects: '1', bytes: '6' });
    expect(await act('list-objects', { prefix: 'rules/' })).toMatchObject({ objects: '0', bytes: '0' });
  });

  test('after rotate-credentials the old keys are refused, and those of the secret’s new revision work', async () => {
    const before = await access();
    const { 'access-key': rotated } = await act('rotate-credentials');
    await simulation.settle();
    expect(await hooks()).toContain('secret-changed');
    const after = await access();
    expect(after).toMatchObject({ ...before, accessKey: rotated, secretKey: after.secretKey });
    expect(after.secretKey).not.toBe(before.secretKey);
    expect(await connected(() => s3.get(after, 'blocks/1'))).toBe('chunks');
    expect(await connected(() => s3.get(before, 'blocks/1'))).toBe('error: InvalidAccessKeyId');
    const halfOld = { ...after, secretKey: before.secretKey };
    expect(await connected(() => s3.get(halfOld, 'blocks/1'))).toBe('error: SignatureDoesNotMatch');
  });

  test('the store goes away with stop-store, also from a new pod, and is back with start-store', async () => {
    const given = await access();
    await act('stop-store');
    expect(await s3.get(given, 'blocks/1')).toMatch(/^error: (ECONNREFUSED|ECONNRESET|socket hang up)/);
    await expect(act('list-objects')).rejects.toThrow('cannot list objects: connect ECONNREFUSED');
    await settled({ command: 'kill', unit: integrator, target: { kind: 'pod' } });
    await statusOf(simulation, integrator, /^blocked: the store is stopped: run start-store$/);
    await act('start-store');
    expect(await connected(() => s3.get(given, 'blocks/1'))).toBe('chunks');
    await statusOf(simulation, integrator, /^active/);
  });

  test('as v0 tells the keys in the databag, and there those that replace them', async () => {
    const { bucket, accessKey, secretKey } = await access();
    await configure({ generation: 'v0' });
    const plain = await told();
    expect(plain).toEqual({
      ...{ bucket, endpoint, region: 'us-east-1', 's3-uri-style': 'path', data: plain['data'] },
      ...{ 'access-key': accessKey, 'secret-key': secretKey },
    });
    expect(JSON.parse(plain['data'] ?? '')).toMatchObject({ bucket: 'metrics' });
    const { 'access-key': rotated } = await act('rotate-credentials');
    await simulation.settle();
    const after = await access();
    expect(after.accessKey).toBe(rotated);
    expect(await connected(() => s3.put(after, 'blocks/2', 'more'))).toBe('done');
    const old = { ...after, accessKey, secretKey };
    expect(await connected(() => s3.get(old, 'blocks/2'))).toBe('error: InvalidAccessKeyId');
  });

  test('takes the keys of its options', async () => {
    await configure({ 'access-key': 'minioadmin', 'secret-key': 'not-so-secret' });
    const given = await access();
    expect(given).toMatchObject({ accessKey: 'minioadmin', secretKey: 'not-so-secret' });
    expect(await connected(() => s3.get(given, 'blocks/2'))).toBe('more');
    await expect(act('rotate-credentials')).rejects.toThrow(
      'the options access-key and secret-key say which',
    );
  });

  test('tells a bucket that there is not, and an endpoint where nothing is', async () => {
    const chain = JSON.stringify(['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----']);
    const path = 'a/folder';
    await configure({ bucket: 'missing', 'make-buckets': 'false', path, 'tls-ca-chain': chain });
    expect(await told()).toMatchObject({ bucket: 'missing', path, 'tls-ca-chain': chain });
    const given = await access();
    expect(await connected(() => s3.get(given, 'x'))).toBe('error: NoSuchBucket');
    await act('make-bucket');
    expect(await s3.put(given, 'x', 'y')).toBe('done');
    await configure({ endpoint: 'http://127.0.0.1:9' });
    expect(await s3.get(await access(), 'x')).toBe('error: ECONNREFUSED');
  });
});

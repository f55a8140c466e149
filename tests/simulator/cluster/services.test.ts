import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import {
  eventually,
  podSpec,
  run,
  startTestCluster,
  type TestCluster,
} from '../../support/cluster/test-cluster.ts';

const obstacle = probeNamespaces();

/** Pebble's way to say that a container is ready while a file is there. */
const readyWhileFile = `
checks:
  file:
    override: replace
    level: ready
    period: 500ms
    threshold: 1
    exec: {command: test -e /tmp/ready}
`;

describe.skipIf(obstacle !== undefined)(`Services (${obstacle ?? 'in namespaces'})`, () => {
  let cluster: TestCluster;
  const workload = (pod: string) => ({ pod, container: 'workload' });
  const shell = (pod: string, script: string) => run(cluster, workload(pod), ['sh', '-c', script]);
  const serviceAddress = async () => {
    const { service = '' } = Object(await cluster.call({ method: 'addresses', pod: '', application: 'web' }));
    return String(service);
  };
  const ask = async () =>
    JSON.stringify(await cluster.call({ method: 'talk', host: await serviceAddress(), port: 8080 }));
  const answers = async (times: number) => {
    const seen = new Set<string>();
    for (let i = 0; i < times; i++) seen.add(await ask());
    return [...seen].toSorted();
  };
  const from = (...pods: string[]) => pods.map((pod) => `{"received":"${pod}\\n"}`);

  beforeAll(async () => {
    cluster = await startTestCluster({
      forwards: [
        { listen: 0, host: 'web.m.svc.cluster.local', port: 8080 },
        { listen: 0, host: 'nowhere', port: 8080 },
      ],
    });
    for (const pod of ['web-0', 'web-1']) {
      await cluster.call({ method: 'createPod', spec: podSpec(cluster, pod) });
      const script =
        "require('net').createServer((c) => c.end(require('os').hostname() + '\\n')).listen(8080)";
      const command = {
        ...workload(pod),
        argv: [process.execPath, '-e', script],
        environment: {},
        workingDirectory: '/',
      };
      await cluster.call({ method: 'exec', id: pod, command });
      const environment = 'PEBBLE_SOCKET=/charm/container/pebble.socket';
      await shell(pod, `echo '${readyWhileFile}' > /tmp/layer.yaml; touch /tmp/ready`);
      await shell(pod, `${environment} /charm/bin/pebble add ready /tmp/layer.yaml`);
    }
    await cluster.call({ method: 'applyService', spec: { application: 'web', ports: [8080] } });
    await eventually(async () => (await answers(4)).length === 2);
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('a Service has a stable address and goes in turn to the pods that are ready', async () => {
    expect(await serviceAddress()).toMatch(/^10\.152\.183\.\d+$/);
    expect(await answers(6)).toEqual(from('web-0', 'web-1'));
  });

  it('leaves a pod out while its Pebble is not ready, and takes it back', async () => {
    await shell('web-0', 'rm /tmp/ready');
    await eventually(async () => (await answers(4)).join() === from('web-1').join());
    await shell('web-0', 'touch /tmp/ready');
    await eventually(async () => (await answers(4)).length === 2);
  });

  it('refuses at once while no pod is ready, and on ports that it does not have', async () => {
    for (const pod of ['web-0', 'web-1']) await shell(pod, 'rm /tmp/ready');
    await eventually(async () => (await ask()) === '{"error":"ECONNREFUSED"}');
    for (const pod of ['web-0', 'web-1']) await shell(pod, 'touch /tmp/ready');
    await eventually(async () => (await answers(4)).length === 2);
    const other = await cluster.call({ method: 'talk', host: await serviceAddress(), port: 8081 });
    expect(other).toEqual({ error: 'ECONNREFUSED' });
  });

  it('changes its ports in place', async () => {
    const before = await serviceAddress();
    await cluster.call({ method: 'applyService', spec: { application: 'web', ports: [] } });
    expect(await ask()).toBe('{"error":"ECONNREFUSED"}');
    await cluster.call({ method: 'applyService', spec: { application: 'web', ports: [8080] } });
    expect(await serviceAddress()).toBe(before);
    await eventually(async () => (await answers(4)).join() === from('web-0', 'web-1').join());
  });

  it('is reached from the host’s loopback through the forwarder', async () => {
    const { connect } = await import('node:net');
    const talk = (port: number) =>
      new Promise<string>((resolve) => {
        let received = '';
        const socket = connect({ host: '127.0.0.1', port });
        socket.on('data', (chunk) => (received += chunk.toString()));
        socket.on('close', () => {
          resolve(received);
        });
        socket.on('error', () => undefined);
      });
    const [web, nowhere] = cluster.forwards;
    expect(['web-0\n', 'web-1\n']).toContain(await talk(web?.listen ?? 0));
    expect(await talk(nowhere?.listen ?? 0)).toBe('');
  });

  it('is gone when it is deleted', async () => {
    const address = await serviceAddress();
    await cluster.call({ method: 'deleteService', application: 'web' });
    expect(await serviceAddress()).toBe('');
    const answer = JSON.stringify(await cluster.call({ method: 'talk', host: address, port: 8080 }));
    expect(answer).toMatch(/E(NETUNREACH|HOSTUNREACH|CONNREFUSED|TIMEDOUT)/);
  });
});

/**
 * The inner entry of the cluster tests: makes a cluster in the simulator's namespaces and lets a test call it, one JSON
 * line a call, over `control.sock`. Arguments: state folder, Pebble's path, Mimir's path, speed.
 */
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createCluster } from '../../../src/simulator/cluster/create-cluster.ts';
import type { ClusterEvent } from '../../../src/simulator/cluster/cluster.ts';
import { serveForwards } from '../../../src/simulator/launch/forward.ts';
import { controlSocket } from '../../../src/simulator/launch/launch.ts';
import { clusterCall, type ClusterCall } from './cluster-call.ts';

const [stateDir = '', pebble = '', mimir = '', speed = '1'] = process.argv.slice(2);
const cluster = await createCluster({
  model: 'm',
  stateDir,
  binaries: { pebble, mimir },
  speed: Number(speed),
});
const events: ClusterEvent[] = [];
const commands = new Map<string, { child: ChildProcess; end: Promise<unknown> }>();
cluster.onEvent((event) => events.push(event));

async function endOf(child: ChildProcess): Promise<unknown> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const read = (stream: Readable | null) => (stream === null ? Promise.resolve('') : text(stream));
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
  await closed;
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
}

/** GET over a unix socket or TCP: the status and the body. */
function fetchFrom(
  target: { socketPath: string } | { host: string; port: number },
  path: string,
): Promise<unknown> {
  return new Promise((resolve) => {
    get({ ...target, path, agent: false, timeout: 3000 }, (response) => {
      void text(response).then((body) => {
        resolve({ status: response.statusCode, body });
      });
    }).on('error', (error) => {
      resolve({ error: 'code' in error ? error.code : error.message });
    });
  });
}

/** Connects, and says all that comes back, or the error. */
function talk({ host, port, timeoutMs = 0 }: { host: string; port: number; timeoutMs?: number | undefined }) {
  return new Promise<unknown>((resolve) => {
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMs, () => {
      resolve({ error: 'silence' });
      socket.destroy();
    });
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('end', () => {
      resolve({ received });
    });
    socket.on('error', (error) => {
      resolve({ error: 'code' in error ? error.code : error.message });
    });
  });
}

async function answer(call: ClusterCall): Promise<unknown> {
  switch (call.method) {
    case 'createPod':
      await cluster.createPod(call.spec);
      cluster.setAgentStarted(call.spec.name, call.agentStarts ?? true);
      return undefined;
    case 'setAgentStarted':
      cluster.setAgentStarted(call.pod, call.started);
      return undefined;
    case 'deletePod': {
      const agent =
        call.agentMs === undefined ? undefined : new Promise((end) => setTimeout(end, call.agentMs));
      return cluster.deletePod(call.pod, call.graceMs, agent);
    }
    case 'cutNetwork':
    case 'mendNetwork':
    case 'losePod':
      return cluster[call.method](call.pod);
    case 'killContainer':
      return cluster.killContainer(call.pod, call.container);
    case 'exec': {
      const child = cluster.exec(call.command);
      const end = endOf(child);
      commands.set(call.id ?? '', { child, end });
      return call.id === undefined ? end : undefined;
    }
    case 'kill':
      return commands.get(call.id)?.child.kill(call.signal);
    case 'end':
      return commands.get(call.id)?.end;
    case 'processes':
      return cluster.processes(call.pod, call.container);
    case 'signal':
      cluster.signal(call.pid, call.signal);
      return undefined;
    case 'applyService':
      return cluster.applyService(call.spec);
    case 'deleteService':
      return cluster.deleteService(call.application);
    case 'addresses':
      return { pod: cluster.podAddress(call.pod), service: cluster.serviceAddress(call.application) };
    case 'events':
      return events;
    case 'pebble':
    case 'get':
    case 'talk':
    case 'read':
    case 'network':
    case 'close':
      return inspect(call);
  }
}

function inspect(
  call: Extract<ClusterCall, { method: 'pebble' | 'get' | 'talk' | 'read' | 'network' | 'close' }>,
) {
  switch (call.method) {
    case 'pebble':
      return fetchFrom({ socketPath: cluster.pebbleSocket(call.pod, call.container) }, call.path);
    case 'get':
      return fetchFrom({ host: call.host, port: call.port }, call.path);
    case 'talk':
      return talk(call);
    case 'read':
      return readFileSync(cluster.charmPath(call.pod, call.path), 'utf8');
    case 'network':
      return {
        namespace: readlinkSync('/proc/self/ns/net'),
        links: readFileSync('/proc/self/net/dev', 'utf8'),
      };
    case 'close':
      return cluster.close();
  }
}

await serveForwards(stateDir, (name) => cluster.resolve(name));
createServer((client) => {
  client.on('error', () => client.destroy());
  createInterface({ input: client }).on('line', (line) => {
    const { id, call } = clusterCall.parse(JSON.parse(line));
    answer(call).then(
      (value) => client.write(`${JSON.stringify({ id, value })}\n`),
      (error: unknown) => client.write(`${JSON.stringify({ id, error: String(error) })}\n`),
    );
  });
}).listen(controlSocket(stateDir));

/**
 * usage: node --random-seed=1 scripts/rehearsal/rehearse.ts BUNDLE TARGET
 *
 * Runs the charm's bundle in this process until a dispatch finds nothing to do, against small stand-ins of Juju, Pebble
 * and Mimir, and writes V8's code cache of it, twice in a row, to TARGET.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { serveAgentSocket } from '../../src/simulator/agent/agent-socket.ts';
import { serveMimir } from './small-mimir.ts';
import { servePebble, type SmallPebble } from './small-pebble.ts';
import { contextId, createSmallTools, type SmallTools, updateStatus } from './small-tools.ts';

/** The agent's socket, and where the bundle's other connections are led: to a container's socket, and to Mimir's port. */
interface Sockets {
  readonly agent: string;
  readonly pebble: string;
  readonly mimir: string;
}

interface Stage {
  readonly tools: SmallTools;
  readonly pebble: SmallPebble;
  readonly sockets: Sockets;
}

type Target = { readonly path: string } | { readonly host: string };

/**
 * What the bundle gets as its `require`: the real modules, but connections to Pebble and Mimir go to the stand-ins, and
 * the pod's resolv.conf is one of Kubernetes.
 */
function requireFor({ pebble, mimir }: Sockets): (name: string) => unknown {
  const real: (name: string) => unknown = createRequire(import.meta.url);
  const connect = (target: Target) => {
    if ('host' in target) return net.connect(mimir);
    return net.connect(target.path.startsWith('/charm/') ? pebble : target.path);
  };
  const read = (path: string, encoding: BufferEncoding) =>
    path === '/etc/resolv.conf' ? 'search m.svc.cluster.local\n' : readFileSync(path, encoding);
  const ours: Readonly<Record<string, unknown>> = {
    'node:net': { ...net, connect },
    'node:fs': { readFileSync: read },
  };
  return (name) => ours[name] ?? real(name);
}

/** Runs the bundle once until it has closed its connection to Juju; returns whether it ended well. */
async function run(script: Script, { tools, sockets }: Stage): Promise<boolean> {
  process.exitCode = 1;
  const { promise: called, resolve: call } = Promise.withResolvers<undefined>();
  const agent = await serveAgentSocket({
    path: sockets.agent,
    contextId,
    run: (request) => {
      call(undefined);
      return tools.run(request);
    },
  });
  const start: unknown = script.runInThisContext();
  if (typeof start !== 'function') throw new Error('cannot run the bundle: it is not a function');
  Reflect.apply(start, undefined, [requireFor(sockets)]);
  await called;
  await agent.close();
  // The code is set after the connection has been closed.
  await new Promise((resolve) => setImmediate(resolve));
  return process.exitCode === 0;
}

/**
 * Runs dispatches until one of them ends well and changes nothing. The first has no configuration that Mimir has
 * validated, and nothing here can validate: it fails, and leaves behind what it wants to be validated.
 */
async function rehearse(script: Script, stage: Stage): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const well = await run(script, stage);
    const changes = [...stage.tools.takeChanges(), ...stage.pebble.takeChanges()];
    if (well && changes.length === 0) return;
  }
  throw new Error(
    `cannot rehearse: after five dispatches there is still something to do\n${stage.tools.log.join('\n')}`,
  );
}

async function main([bundle = '', target = '']: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  const sockets = {
    agent: join(folder, 'agent.socket'),
    pebble: join(folder, 'pebble.socket'),
    mimir: join(folder, 'mimir.socket'),
  };
  const pebble = await servePebble(sockets.pebble);
  await serveMimir(sockets.mimir);
  const stage = { tools: createSmallTools(), pebble, sockets };
  Object.assign(process.env, updateStatus(sockets.agent));
  const source = readFileSync(bundle, 'latin1');
  const script = new Script(source, { filename: 'bundle.cjs' });
  try {
    // By another name, V8 shares nothing between the two: the cache holds what a dispatch with nothing to do calls.
    await rehearse(new Script(source, { filename: 'first.cjs' }), stage);
    await rehearse(script, stage);
    const cache = script.createCachedData();
    writeFileSync(target, Buffer.concat([cache, cache]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await main(process.argv.slice(2));
process.exit(0);

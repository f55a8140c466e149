import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/juju/environment.ts';
import { TransportError } from '../../../src/juju/errors.ts';
import { connectAgentSocket } from '../../../src/juju/transport/agent-socket.ts';
import { createTransport } from '../../../src/juju/transport/choose.ts';
import type { HookToolTransport } from '../../../src/juju/transport/transport.ts';
import { eventually, openWorkshop, startAgent, writeScene, type Scene, type Workshop } from './jujuc.ts';

const contextId = 'mimir/0-start-0123456789abcdef';
const isLeader = { tool: 'is-leader', args: ['--format=json'] };
const leaderRule = { tool: 'is-leader', stdout: 'true\n' };
let workshop: Workshop;
const endings: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});
afterAll(() => workshop.remove());

function connect(address: string, options: { answerWithinMs?: number } = {}): HookToolTransport {
  const transport = connectAgentSocket({ address, contextId, cwd: workshop.folder, ...options });
  endings.push(() => transport.close());
  return transport;
}

async function serve(scene: Scene, options: { address?: string; flags?: readonly string[] } = {}) {
  const agent = await startAgent(workshop, scene, options);
  endings.push(() => agent.stop());
  return agent;
}

/** An agent that answers with `bytes` and hangs up, and counts the connections. */
async function serveBytes(bytes: Buffer): Promise<{ address: string; connections: () => number }> {
  const address = workshop.file('agent.socket');
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.on('data', () => socket.end(bytes));
  });
  await new Promise<void>((resolve) => server.listen(address, resolve));
  endings.push(() => new Promise((resolve) => server.close(resolve)));
  return { address, connections: () => connections };
}

describe('the agent socket', () => {
  test('may have an abstract name', async () => {
    const scene = await writeScene(workshop, [leaderRule]);
    const { address } = await serve(scene, { address: `@jujuc-contract-${process.pid}-${Date.now()}` });
    expect((await connect(address).call(isLeader)).stdout.toString()).toBe('true\n');
  });

  test('may answer with fields that we do not know', async () => {
    const rule = { tool: 'is-leader', stdout: 'true\n', stderr: 'careful\n', code: 3 };
    const { address } = await serve(await writeScene(workshop, [rule]), { flags: ['-extra'] });
    const transport = connect(address);
    for (let round = 0; round < 3; round += 1) {
      expect(await transport.call(isLeader)).toStrictEqual({
        code: 3,
        stdout: Buffer.from('true\n'),
        stderr: Buffer.from('careful\n'),
      });
    }
  });

  test('carries a whole dispatch over one connection, which close() gives back', async () => {
    const scene = await writeScene(workshop, [leaderRule]);
    const transport = connect((await serve(scene)).address);
    await Promise.all([transport.call(isLeader), transport.call(isLeader)]);
    await transport.call(isLeader);
    expect(await scene.closed()).toBe(0);
    await transport.close();
    await eventually(1, () => scene.closed());
    await transport.close();
    await expect(transport.call(isLeader)).rejects.toMatchObject({ mayHaveRun: false });
    expect(await scene.calls()).toHaveLength(3);
  });

  test('is closed when the process ends without closing it, and does not keep it from ending', async () => {
    const scene = await writeScene(workshop, [leaderRule]);
    const { address } = await serve(scene);
    const source = fileURLToPath(new URL('../../../src/juju/transport/agent-socket.ts', import.meta.url));
    const script = `
      import { connectAgentSocket } from ${JSON.stringify(source)};
      const transport = connectAgentSocket(${JSON.stringify({ address, contextId, cwd: '/' })});
      console.log(String((await transport.call(${JSON.stringify(isLeader)})).stdout));`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    expect(stdout.trim()).toBe('true');
    await eventually(1, () => scene.closed());
  });

  test('tells a program that nothing answers there, before anything was sent', async () => {
    const address = workshop.file('no.socket');
    const error: unknown = await connect(address)
      .call(isLeader)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ mayHaveRun: false });
    expect(String(error)).toContain(`cannot ask the unit agent to run is-leader: connect ENOENT ${address}`);
  });

  test.each([1, 59, 60, 100, 140])('fails a call whose answer ends after %d bytes', async (length) => {
    const scene = await writeScene(workshop, [leaderRule]);
    const { address } = await serve(scene, { flags: ['-cut', String(length)] });
    await expect(connect(address).call(isLeader)).rejects.toMatchObject({
      name: 'TransportError',
      mayHaveRun: true,
      message: "cannot have the unit agent's answer to is-leader: the unit agent closed the connection",
    });
    expect(await scene.calls()).toHaveLength(1);
  });
});

describe('the time of an answer', () => {
  test.each([1, 59, 60, 100, 140])(
    'is limited once it has begun: %d bytes and then silence',
    async (length) => {
      const scene = await writeScene(workshop, [leaderRule]);
      const { address } = await serve(scene, { flags: ['-stall', String(length)] });
      const transport = connect(address, { answerWithinMs: 50 });
      await expect(transport.call(isLeader)).rejects.toMatchObject({
        name: 'TransportError',
        mayHaveRun: true,
        message:
          "cannot have the unit agent's answer to is-leader: the unit agent began an answer and did not end it in 50 ms",
      });
      await expect(transport.call(isLeader)).rejects.toMatchObject({ mayHaveRun: false });
      await eventually(1, () => scene.closed());
      expect(await scene.calls()).toHaveLength(1);
    },
  );

  test('is not limited before it begins, since a tool may be slow', async () => {
    const scene = await writeScene(workshop, [{ ...leaderRule, delayMs: 300 }]);
    const transport = connect((await serve(scene)).address, { answerWithinMs: 50 });
    expect((await transport.call(isLeader)).code).toBe(0);
    expect((await transport.call(isLeader)).code).toBe(0);
  });
});

describe('the transport of a dispatch', () => {
  async function choose(scene: Scene, variables: Record<string, string>, forced?: 'spawn') {
    const all = {
      ...{ JUJU_UNIT_NAME: 'mimir/0', JUJU_MODEL_NAME: 'm', JUJU_MODEL_UUID: 'u', JUJU_CHARM_DIR: '/c' },
      ...{ JUJU_CONTEXT_ID: contextId, JUJU_AGENT_SOCKET_NETWORK: 'unix', PATH: workshop.folder },
      ...{ JUJUC_SCRIPT: scene.script, JUJUC_RECORD: scene.record },
      ...variables,
    };
    const reasons: string[] = [];
    const transport = createTransport({
      environment: readEnvironment(all, workshop.folder),
      variables: all,
      forced,
      onFallback: (reason) => reasons.push(reason),
    });
    endings.push(() => transport.close());
    return Promise.resolve({ transport, reasons });
  }

  test('is the agent socket, also after a tool or the agent has failed a call', async () => {
    const scene = await writeScene(workshop, [
      { tool: 'config-get', code: 1, stderr: 'ERROR x\n' },
      leaderRule,
    ]);
    const { address } = await serve(scene);
    const { transport, reasons } = await choose(scene, { JUJU_AGENT_SOCKET_ADDRESS: address });
    expect((await transport.call({ tool: 'no-such-tool', args: [] })).code).toBe(1);
    expect((await transport.call({ tool: 'config-get', args: [] })).code).toBe(1);
    await transport.call(isLeader);
    expect(transport.name).toBe('agent-socket');
    expect(reasons).toStrictEqual([]);
    await transport.close();
    await eventually(1, () => scene.closed());
  });

  test('is spawned tools from the first call on if the socket cannot be dialled, and says so once', async () => {
    const scene = await writeScene(workshop, [leaderRule]);
    const address = join(workshop.folder, 'no.socket');
    const { transport, reasons } = await choose(scene, { JUJU_AGENT_SOCKET_ADDRESS: address });
    const outputs = await Promise.all([transport.call(isLeader), transport.call(isLeader)]);
    expect(outputs.map((output) => output.stdout.toString())).toStrictEqual(['true\n', 'true\n']);
    expect(transport.name).toBe('spawn');
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain('ENOENT');
    expect(await scene.calls()).toHaveLength(2);
  });

  test.each([
    ['without an address', { JUJU_AGENT_SOCKET_ADDRESS: '' }, 'JUJU_AGENT_SOCKET_ADDRESS is not set'],
    [
      'with another network than unix',
      { JUJU_AGENT_SOCKET_ADDRESS: '127.0.0.1:30000', JUJU_AGENT_SOCKET_NETWORK: 'tcp' },
      'its network is tcp',
    ],
  ])('is spawned tools %s', async (_, variables, reason) => {
    const scene = await writeScene(workshop, [leaderRule]);
    const { transport, reasons } = await choose(scene, variables);
    expect((await transport.call(isLeader)).code).toBe(0);
    expect(reasons).toStrictEqual([`cannot dial the unit agent: ${reason}`]);
  });

  test('is spawned tools if that is forced, without a reason and without dialling', async () => {
    const scene = await writeScene(workshop, [leaderRule]);
    const { address, connections } = await serveBytes(Buffer.alloc(0));
    const { transport, reasons } = await choose(scene, { JUJU_AGENT_SOCKET_ADDRESS: address }, 'spawn');
    expect((await transport.call(isLeader)).code).toBe(0);
    expect(transport.name).toBe('spawn');
    expect(reasons).toStrictEqual([]);
    expect(connections()).toBe(0);
  });

  test.each([
    ['that is not gob', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'closed the connection'],
    ['of a type that was not defined', Buffer.from('03ff8a00', 'hex'), 'the type 69 is not defined'],
    ['that claims to be very long', Buffer.from('fc7fffffff', 'hex'), 'more than 33554432'],
  ])('fails a call with a first answer %s and spawns only the next', async (_, bytes, reason) => {
    const scene = await writeScene(workshop, [leaderRule]);
    const { address, connections } = await serveBytes(bytes);
    const { transport, reasons } = await choose(scene, { JUJU_AGENT_SOCKET_ADDRESS: address });
    await expect(transport.call(isLeader)).rejects.toMatchObject({
      name: 'TransportError',
      mayHaveRun: true,
    });
    expect(await scene.calls()).toHaveLength(0);
    expect((await transport.call(isLeader)).stdout.toString()).toBe('true\n');
    expect(await scene.calls()).toHaveLength(1);
    expect(reasons).toStrictEqual([expect.stringContaining(reason)]);
    expect(connections()).toBe(1);
  });

  test('never falls back once the agent has answered', async () => {
    const scene = await writeScene(workshop, [leaderRule]);
    const agent = await startAgent(workshop, scene);
    const { transport, reasons } = await choose(scene, { JUJU_AGENT_SOCKET_ADDRESS: agent.address });
    await transport.call(isLeader);
    await agent.stop();
    await expect(transport.call(isLeader)).rejects.toBeInstanceOf(TransportError);
    await expect(transport.call(isLeader)).rejects.toMatchObject({ mayHaveRun: false });
    expect(reasons).toStrictEqual([]);
    expect(await scene.calls()).toHaveLength(1);
  });

  test('fails if neither a socket nor an executable is there', async () => {
    const scene = await writeScene(workshop, []);
    const { transport } = await choose(scene, { JUJU_AGENT_SOCKET_ADDRESS: '', PATH: '/nonexistent' });
    await expect(transport.call(isLeader)).rejects.toThrow(
      'cannot run is-leader: no such executable on /nonexistent',
    );
  });
});

import { access } from 'node:fs/promises';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HookToolError } from '../../../src/juju/errors.ts';
import { createHookTools, type HookTools } from '../../../src/juju/hook-tools/hook-tools.ts';
import { createJujuLogger } from '../../../src/juju/logger.ts';
import { Redacted } from '../../../src/juju/redacted.ts';
import { connectAgentSocket } from '../../../src/juju/transport/agent-socket.ts';
import { createSpawnTransport } from '../../../src/juju/transport/spawn.ts';
import type { HookToolTransport } from '../../../src/juju/transport/transport.ts';
import { openWorkshop, startAgent, writeScene, type Rule, type Scene, type Workshop } from './jujuc.ts';
import { questions } from './questions.ts';
import { refusals } from './refusals.ts';
import { secretQuestions } from './secret-questions.ts';
import { unitQuestions } from './unit-questions.ts';

const contextId = 'mimir/0-config-changed-0123456789abcdef';
const secretId = 'secret:9m4e2mr0ui3e8a215n4g';
let workshop: Workshop;
const endings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});
afterAll(() => workshop.remove());

async function overSocket(scene: Scene): Promise<HookToolTransport> {
  const agent = await startAgent(workshop, scene);
  endings.push(() => agent.stop());
  return connectAgentSocket({ address: agent.address, contextId, cwd: workshop.folder });
}

function bySpawning({ script, record }: Scene): Promise<HookToolTransport> {
  const variables = { JUJU_CONTEXT_ID: contextId, JUJUC_SCRIPT: script, JUJUC_RECORD: record };
  const path = `/nonexistent:${workshop.folder}`;
  return Promise.resolve(createSpawnTransport({ path, variables, cwd: workshop.folder }));
}

/** What a call that must fail says. */
async function messageOf(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'it did not fail',
    (error: unknown) => String(error),
  );
}

describe.each([
  ['the agent socket', overSocket],
  ['spawned tools', bySpawning],
])('over %s', (_, connect) => {
  async function open(...rules: readonly Rule[]): Promise<{ tools: HookTools; scene: Scene }> {
    const scene = await writeScene(workshop, rules);
    const transport = await connect(scene);
    endings.push(() => transport.close());
    return { tools: createHookTools(transport), scene };
  }

  test.each([...questions, ...secretQuestions, ...unitQuestions])(
    '$name',
    async ({ answer, ask, result, call }) => {
      const { tools, scene } = await open({ tool: call[0], ...answer });
      expect(await ask(tools)).toStrictEqual(result);
      const [tool, ...args] = call;
      expect(await scene.calls()).toMatchObject([{ tool, args, contextId, dir: workshop.folder }]);
    },
  );

  test.each(refusals)('$tool is refused with: $message', async ({ tool, code, message, ask }) => {
    const { tools } = await open({ tool, code, stderr: `ERROR ${message}\n` });
    const error: unknown = await ask(tools).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HookToolError);
    expect(error).toMatchObject({ tool, code, stderr: `ERROR ${message}\n` });
    expect(String(error)).toContain(`: ${message} (exit code ${code})`);
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('hunter2');
  });

  test('a secret is added by a file that only this user can read, and that is gone afterwards', async () => {
    const { tools, scene } = await open({ tool: 'secret-add', stdout: `${secretId}\n` });
    const added = await tools.secretAdd({
      ...{ owner: 'application', label: 'db', description: 'of the database', rotation: 'yearly' },
      expiry: new Date('2026-01-02T03:04:05.678Z'),
      values: {
        password: new Redacted('hunter2 = "ä"\n'),
        keystore: new Redacted(Buffer.of(0, 255, 128)),
        empty: new Redacted(''),
      },
    });
    expect(added).toBe(secretId);
    const [call] = await scene.calls();
    const flags = ['--owner', 'application', '--label', 'db', '--description', 'of the database'];
    const timing = ['--rotate', 'yearly', '--expire', '2026-01-02T03:04:05.678Z'];
    expect(call?.args.slice(0, -1)).toStrictEqual([...flags, ...timing, '--file']);
    expect(call?.stdin).toBe('');
    expect(call?.file).toStrictEqual({
      content: {
        'password#base64': Buffer.from('hunter2 = "ä"\n').toString('base64'),
        'keystore#base64': 'AP+A',
        'empty#base64': '',
      },
      mode: '-rw-------',
      folderMode: 'drwx------',
    });
    await expect(access(call?.args.at(-1) ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a new revision of a secret is given by a file too, gone even if the tool fails', async () => {
    const { tools, scene } = await open({ tool: 'secret-set', code: 1, stderr: 'ERROR x\n' });
    const change = { values: { password: new Redacted('hunter2') }, rotation: 'never' } as const;
    await expect(tools.secretSet(secretId, change)).rejects.toThrow(HookToolError);
    const [call] = await scene.calls();
    expect(call?.args.slice(0, -1)).toStrictEqual([secretId, '--rotate', 'never', '--file']);
    expect(call?.file?.content).toStrictEqual({ 'password#base64': 'aHVudGVyMg==' });
    await expect(access(call?.args.at(-1) ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('state of the greatest size goes either way, never by argument', async () => {
    const big = 'ä"\n\u2028'.repeat(10_922);
    const { tools, scene } = await open(
      { tool: 'state-set', needsStdin: true },
      { tool: 'state-get', stdout: `${JSON.stringify(big)}\n` },
    );
    await tools.stateSet({ big, step: '2' });
    const [call] = await scene.calls();
    expect(call?.args).toStrictEqual(['--file', '-']);
    expect(call?.stdin === JSON.stringify({ big, step: '2' }).replaceAll('\u2028', '\\u2028')).toBe(true);
    expect((await tools.stateGet('big')) === big).toBe(true);
  });

  test('a databag is written in one call, as YAML on stdin', async () => {
    const { tools, scene } = await open({ tool: 'relation-set', needsStdin: true });
    const values = { url: 'http://a:9009', note: 'a\u2028b\u0085\u007fc', emoji: '😀', gone: '' };
    await tools.relationSet(7, { scope: 'app', values });
    await tools.relationSet(7, { scope: 'unit', values: { a: 'b' } });
    const calls = await scene.calls();
    expect(calls.map(({ args }) => args)).toStrictEqual([
      ['-r', '7', '--app', '--file', '-'],
      ['-r', '7', '--file', '-'],
    ]);
    expect(calls[0]?.stdin).toBe(
      '{"url":"http://a:9009","note":"a\\u2028b\\u0085\\u007fc","emoji":"😀","gone":""}',
    );
    expect(calls[1]?.stdin).toBe('{"a":"b"}');
  });

  test('nothing is called where there is nothing to write', async () => {
    const { tools, scene } = await open();
    await tools.relationSet(7, { scope: 'app', values: {} });
    await tools.actionSet({ nothing: {} });
    await tools.stateSet({});
    await tools.secretSet(secretId, { values: {} });
    expect(await scene.calls()).toStrictEqual([]);
  });

  test('secrets come redacted', async () => {
    const { tools, scene } = await open({ tool: 'secret-get', stdout: '{"password":"hunter2"}\n' });
    const id = 'secret:9m4e2mr0ui3e8a215n4g';
    const content = await tools.secretGet({ id, label: 's3', revision: 'refresh' });
    expect(JSON.stringify(content)).toBe('{"password":"[redacted]"}');
    expect(content?.['password']?.reveal()).toBe('hunter2');
    await tools.secretGet({ label: 's3', revision: 'peek' });
    expect((await scene.calls()).map(({ args }) => args)).toStrictEqual([
      ['--format=json', id, '--label', 's3', '--refresh'],
      ['--format=json', '--label', 's3', '--peek'],
    ]);
  });

  test('a tool that fails is an error with what it said', async () => {
    const { tools } = await open({
      tool: 'relation-set',
      code: 1,
      stderr: 'ERROR cannot write relation settings\n',
    });
    const error: unknown = await tools
      .relationSet(7, { scope: 'app', values: { password: 'hunter2' } })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HookToolError);
    expect(error).toMatchObject({
      message: 'cannot run relation-set -r 7 --app --file -: cannot write relation settings (exit code 1)',
      tool: 'relation-set',
      code: 1,
      stderr: 'ERROR cannot write relation settings\n',
    });
  });

  test('bad arguments are an error with exit code 2', async () => {
    const { tools } = await open({
      tool: 'relation-ids',
      code: 2,
      stderr: 'ERROR no endpoint name specified\n',
    });
    await expect(tools.relationIds('')).rejects.toMatchObject({ tool: 'relation-ids', code: 2 });
  });

  test("the agent's own refusal is an error with exit code 1", async () => {
    const { tools } = await open(
      { tool: 'action-get', error: 'bad request: unknown hook command: action-get' },
      { tool: 'is-leader', stdout: 'true\n' },
    );
    await expect(tools.actionGet()).rejects.toMatchObject({
      name: 'HookToolError',
      code: 1,
      stderr: 'ERROR bad request: unknown hook command: action-get\n',
    });
    expect(await tools.isLeader()).toBe(true);
  });

  test('output that is not JSON, or another JSON, is an error that does not quote it', async () => {
    const { tools } = await open(
      { tool: 'secret-get', stdout: 'password: hunter2\n' },
      { tool: 'config-get', stdout: '{"a":{"b":"hunter2"}}\n' },
    );
    const secretError = await messageOf(tools.secretGet({ label: 's3' }));
    const configError = await messageOf(tools.configGet());
    expect(secretError).toContain('cannot run secret-get --format=json --label s3: its output is not JSON');
    expect(configError).toContain('cannot run config-get --format=json: its output has another shape');
    expect(secretError + configError).not.toContain('hunter2');
  });

  test('a megabyte goes either way', async () => {
    const { tools, scene } = await open(
      { tool: 'relation-set', needsStdin: true },
      { tool: 'resource-get', stdout: '0123456789abcdef', repeat: 65_536 },
    );
    const rules = 'a: "b"\n'.repeat(150_000);
    await tools.relationSet(7, { scope: 'app', values: { rules } });
    const [call] = await scene.calls();
    expect(call?.stdin === JSON.stringify({ rules })).toBe(true);
    expect((await tools.resourceGet('big')).length).toBe(1_048_576);
  });

  test('calls that are made at once are carried out in their order', async () => {
    const { tools, scene } = await open({ tool: 'open-port' });
    const ports = Array.from({ length: 10 }, (__, index) => 9000 + index);
    await Promise.all(ports.map((port) => tools.openPort(port)));
    expect((await scene.calls()).map(({ args }) => args[0])).toStrictEqual(
      ports.map((port) => `${port}/tcp`),
    );
  });

  test('log lines arrive in their order', async () => {
    const { tools, scene } = await open({ tool: 'juju-log' });
    const logger = createJujuLogger(tools);
    logger.info('one');
    logger.warning('- two');
    await logger.flush();
    expect((await scene.calls()).map(({ args }) => args)).toStrictEqual([
      ['--log-level', 'INFO', 'one'],
      ['--log-level', 'WARNING', '--', '- two'],
    ]);
  });
});

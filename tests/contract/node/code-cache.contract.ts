import { spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../../scripts/bundle.ts';
import { makeCodeCache } from '../../../scripts/code-cache.ts';
import { contextId, createSmallTools, updateStatus } from '../../../scripts/rehearsal/small-tools.ts';
import { serveAgentSocket } from '../../../src/simulator/agent/agent-socket.ts';
import { root } from '../../support/simulation.ts';

/** Prints what V8 said of the cache that charm.cjs gave it. */
const witness = `
const vm = require('node:vm');
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    process.once('exit', () => console.log(options.cachedData === undefined ? 'none' : this.cachedDataRejected));
  }
};`;

let folder: string;
let built: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'code-cache-'));
  const charm = join(folder, 'built');
  mkdirSync(charm);
  await bundle(join(charm, 'bundle.cjs'));
  makeCodeCache(join(charm, 'bundle.cjs'), join(charm, 'bundle.jsc'));
  copyFileSync(join(root, 'charm/charm.cjs'), join(charm, 'charm.cjs'));
  writeFileSync(join(folder, 'witness.cjs'), witness);
  built = readFileSync(join(charm, 'bundle.jsc'));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Start {
  readonly cache?: Buffer | undefined;
  readonly node?: string;
  readonly flags?: readonly string[];
}

/** Those that the charm is started with. */
const ownFlags = readFileSync(join(root, 'charm/dispatch'), 'utf8').match(/(?<= )--\S+/g) ?? [];

let starts = 0;

/** Runs an update-status of a unit without a container, with `cache` beside the bundle. */
async function start({ cache, node = process.execPath, flags = [] }: Start) {
  const charm = join(folder, String((starts += 1)));
  cpSync(join(folder, 'built'), charm, { recursive: true });
  rmSync(join(charm, 'bundle.jsc'));
  if (cache !== undefined) writeFileSync(join(charm, 'bundle.jsc'), cache);
  const agent = join(charm, 'agent.socket');
  const tools = createSmallTools();
  const juju = await serveAgentSocket({ path: agent, contextId, run: (call) => tools.run(call) });
  const child = spawn(node, [...ownFlags, ...flags, '--require', join(folder, 'witness.cjs'), 'charm.cjs'], {
    cwd: charm,
    env: { PATH: '/nowhere', ...updateStatus(agent) },
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  await juju.close();
  return { verdict: stdout.trim(), stderr, code, changes: tools.takeChanges() };
}

/** What every start comes to, whatever its cache. */
const done = { code: 0, stderr: '' };

describe('a start', () => {
  test('uses the cache that was built, in any folder, and with the flags of dispatch', async () => {
    expect(ownFlags).not.toEqual([]);
    expect(await start({ cache: built })).toMatchObject({ ...done, verdict: 'false' });
  });

  test('does the same without it', async () => {
    const { changes } = await start({ cache: built });
    expect(changes).toContainEqual(expect.stringContaining('status-set'));
    expect(await start({})).toEqual({ ...done, verdict: 'none', changes });
  });

  test.each([
    ['one byte is another', () => built.map((byte, at) => (at === 300_000 ? byte ^ 1 : byte))],
    ['its second half has one other byte', () => built.map((byte, at) => (at === 800_000 ? byte ^ 1 : byte))],
    ['a page of it is empty', () => Buffer.from(built).fill(0, 8192, 12_288)],
    ['it ends early', () => built.subarray(0, 700_001)],
    ['it ends after its first half', () => built.subarray(0, built.length / 2)],
    ['it is one byte', () => Buffer.of(7)],
  ])('passes over a cache that is damaged: %s', async (_how, damage) => {
    expect(await start({ cache: Buffer.from(damage()) })).toMatchObject({ ...done, verdict: 'none' });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['something else, twice', Buffer.alloc(100_000, 'nonsense')],
  ])('has V8 refuse what is no cache: %s', async (_what, cache) => {
    expect(await start({ cache })).toMatchObject({ ...done, verdict: 'true' });
  });

  test('has V8 refuse a cache that was made with other flags', async () => {
    expect(await start({ cache: built, flags: ['--no-opt'] })).toMatchObject({ ...done, verdict: 'true' });
  });

  // npm runs on the Node.js that the user has, and the tests on the charm's own.
  const other = process.env['npm_node_execpath'];
  test.skipIf(other === undefined)('has another Node.js refuse it (needs npm)', async () => {
    const { verdict, ...rest } = await start({ cache: built, node: other ?? '' });
    expect(rest).toMatchObject(done);
    expect(verdict).toBe(String((await versionOf(other ?? '')) !== process.version));
  });
});

async function versionOf(node: string): Promise<string> {
  return (await text(spawn(node, ['--version']).stdout)).trim();
}

describe('the cache', () => {
  test('has the same bytes each time', () => {
    const again = join(folder, 'again.jsc');
    for (let round = 0; round < 3; round += 1) {
      makeCodeCache(join(folder, 'built/bundle.cjs'), again);
      expect(readFileSync(again).equals(built)).toBe(true);
    }
  });
});

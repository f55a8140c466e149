import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { charmFileName, packCharm } from '../../../scripts/charm-file.ts';
import { ownArchitecture } from '../../../scripts/stage.ts';
import { dispatchEnvironment } from '../../../src/simulator/agent/environment.ts';
import { agentSocketPath, charmFolder } from '../../../src/simulator/agent/paths.ts';
import { probeNamespaces } from '../../../src/simulator/launch/probe.ts';
import { librariesOf, makeBareRoot, runInBareRoot } from '../../support/bare-root.ts';
import { identity } from '../../support/builders.ts';
import { readCharmFile } from '../../support/packed-members.ts';
import { openWorkshop, type Rule, startAgent, type Workshop, writeScene } from '../juju/jujuc.ts';

const { unit, model, modelUuid } = identity;
const json = (tool: string, value: unknown): Rule => ({ tool, stdout: `${JSON.stringify(value)}\n` });

/** What Juju answers to a lone leader in its first hook. */
const juju: readonly Rule[] = [
  json('is-leader', true),
  json('goal-state', {
    units: { [unit]: { status: 'waiting', since: '2026-01-01 00:00:00Z' } },
    relations: {},
  }),
  json('config-get', { tsdb_block_retention_period: '24h', log_level: 'info' }),
  {
    ...json('status-get', { 'application-status': { status: 'waiting', message: '', units: {} } }),
    args: ['--format=json', '--include-data', '--application'],
  },
  json('status-get', { status: 'waiting', message: 'installing agent' }),
  json('opened-ports', []),
  json('storage-list', []),
  json('relation-ids', []),
  ...['status-set', 'open-port', 'juju-log', 'application-version-set'].map((tool) => ({ tool })),
];

/** Libraries that every Ubuntu has for its own programs: glibc's, and those of GCC, which apt needs. */
const ubuntuHas = /^(ld-linux-[\w-]+|lib(c|m|dl|pthread|rt|gcc_s|stdc\+\+))\.so\.\d+$/;

const askAround = `
const { existsSync, writeFileSync } = require('node:fs');
let writing = 'done';
try { writeFileSync('probe', ''); } catch (error) { writing = error.code; }
const addresses = Object.keys(require('node:os').networkInterfaces());
console.log(JSON.stringify({ uid: process.getuid(), addresses, writing, usr: existsSync('/usr/bin') }));
`;

describe.skipIf(probeNamespaces() !== undefined)('in a bare read-only root (needs namespaces)', () => {
  let root: string;
  let workshop: Workshop;
  const variables = dispatchEnvironment({
    ...{ unit, model: { name: model, uuid: modelUuid }, contextId: `${unit}-install-1` },
    operation: { kind: 'plain', name: 'install' },
  });

  const run = (...argv: readonly string[]) =>
    runInBareRoot({ root, folder: charmFolder(unit) }, argv, variables);

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'bare-'));
    workshop = await openWorkshop();
    const target = workshop.file(charmFileName(ownArchitecture));
    await packCharm(ownArchitecture, { target, folder: workshop.file('staged') });
    makeBareRoot(root, charmFolder(unit), await readCharmFile(target));
  }, 180_000);

  afterAll(async () => {
    rmSync(root, { recursive: true, force: true });
    await workshop.remove();
  });

  test('the charm needs no library that an Ubuntu image might lack', () => {
    const libraries = librariesOf(join(root, charmFolder(unit), 'bin/node')).map((path) => basename(path));
    expect(libraries.filter((library) => !ubuntuHas.test(library))).toEqual([]);
    expect(libraries).toContain('libc.so.6');
  });

  test('there is no network, nothing can be written, and the user is the one that Juju gives to charms', async () => {
    const { code, output } = await run('./bin/node', '-e', askAround);
    expect(code, output).toBe(0);
    expect(JSON.parse(output)).toEqual({ uid: 170, addresses: [], writing: 'EROFS', usr: false });
  });

  test('the probe runs', async () => {
    const { code, output } = await run('./bin/probe', 'https://127.0.0.1:9009/ready');
    expect(code).toBe(1);
    expect(output).toContain('network is unreachable');
  });

  test('a hook ends well, over the agent socket, and its connection is closed', async () => {
    const scene = await writeScene(workshop, juju);
    const address = join(root, agentSocketPath(unit));
    const agent = await startAgent(workshop, scene, { address });
    chmodSync(address, 0o777);
    const ended = await run(`${charmFolder(unit)}/dispatch`);
    await agent.stop();
    rmSync(address, { force: true });
    const calls = await scene.calls();
    const said = calls.map(({ tool, args }) => [tool, ...args].join(' '));
    expect(ended, said.join('\n')).toEqual({ code: 0, output: '' });
    expect(calls.every(({ dir }) => dir === charmFolder(unit))).toBe(true);
    expect(said).toContainEqual(expect.stringMatching(/^status-set waiting \[mimir\] /));
    expect(await scene.closed()).toBe(1);
  });

  test('without an agent the charm says so and fails', async () => {
    expect(existsSync(join(root, agentSocketPath(unit)))).toBe(false);
    const { code, output } = await run(`${charmFolder(unit)}/dispatch`);
    expect(code).toBe(1);
    expect(output).toContain('cannot run juju-log');
  });
});

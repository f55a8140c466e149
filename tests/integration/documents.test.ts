import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { charmFileName } from '../../scripts/charm-file.ts';
import { ownArchitecture } from '../../scripts/stage.ts';
import { actions } from '../../src/charm/actions/run-action.ts';
import { endpoints } from '../../src/charm/declared.ts';
import { runScript } from '../support/run-script.ts';
import { root } from '../support/simulation.ts';

const scripts = Object.keys(
  z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).scripts,
);
const resources = Object.keys(
  z
    .object({ resources: z.record(z.string(), z.unknown()) })
    .parse(load(readFileSync(join(root, 'metadata.yaml'), 'utf8'))).resources,
);

/** Command lines of a document's `sh` blocks. */
function commandsOf(document: string): readonly string[] {
  const text = readFileSync(join(root, document), 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line !== '');
}

const documents = ['README.md', 'CONTRIBUTING.md'];

describe('the commands of the documents', () => {
  test('of juju-sim all work as they stand, in their order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'juju-sim-readme-'));
    const commands = commandsOf('README.md').filter((line) => line.startsWith('npx juju-sim '));
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.at(-1)).toBe('npx juju-sim down');
    try {
      for (const command of commands) {
        const { code, output } = await runScript(command, { JUJU_SIM_DIR: folder });
        expect({ command, code, output }).toMatchObject({ command, code: 0 });
      }
    } finally {
      await runScript('npx juju-sim down', { JUJU_SIM_DIR: folder });
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test.each(documents)('of npm in %s are scripts of package.json', (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const named = [...text.matchAll(/npm (?:run )?([a-z]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !['and', ...scripts].includes(name))).toEqual([]);
  });

  test('for a real Juju name things that the charm has, in words that Juju knows', () => {
    const documents = ['README.md', 'docs/how-to/several-units.md'];
    const commands = documents.flatMap(commandsOf).filter((line) => line.startsWith('juju '));
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands)
      expect({ command, mistakes: mistakesIn(command) }).toEqual({ command, mistakes: [] });
  });
});

const words: ReadonlySet<string> = new Set([
  'deploy',
  'integrate',
  'status',
  'run',
  'config',
  'scale-application',
  'add-secret',
  'grant-secret',
]);

/** What is wrong with a command line for a real Juju, as far as that can be told without one. */
function mistakesIn(command: string): readonly string[] {
  const [, word = '', ...args] = command.split(' ');
  const own = args.filter((arg) => arg.startsWith('mimir-k8s:')).map((arg) => arg.slice('mimir-k8s:'.length));
  const named = args.flatMap((arg, index) =>
    args[index - 1] === '--resource' ? [arg.split('=')[0] ?? ''] : [],
  );
  const action = word === 'run' ? [args[1] ?? ''] : [];
  return [
    ...(words.has(word) ? [] : [`no command ${word}`]),
    ...own.filter((endpoint) => !(endpoint in endpoints)).map((endpoint) => `no endpoint ${endpoint}`),
    ...named.filter((resource) => !resources.includes(resource)).map((resource) => `no resource ${resource}`),
    ...action.filter((name) => !(name in actions)).map((name) => `no action ${name}`),
  ];
}

const packed = `./${charmFileName(ownArchitecture)}`;

// Both wait a minute for the ruler, so they wait together.
test.concurrent.each([
  ['', 'npm run demo --silent -- --once'],
  [' --charm FILE', `npm run pack --silent && npm run demo --silent -- --once --charm ${packed}`],
])('npm run demo -- --once%s tells its story with a real Mimir and ends well', async (_options, command) => {
  const { code, output } = await runScript(command);
  expect({ code, output }).toMatchObject({ code: 0 });
  const sent = /send value=(\d+)/.exec(output)?.[1];
  expect(output).toContain(`query=juju_sim_value\n${sent ?? 'nothing was sent'}\n`);
  expect(output).toMatch(/Mimir runs as process \d+: \/bin\/mimir /);
  expect(output).toMatch(/buildinfo: .*"application":"Grafana Mimir"/);
  expect(output).toMatch(/"state": "firing"/);
  expect(output).toMatch(/mimir-k8s\/0\*\s+active\s+idle/);
});

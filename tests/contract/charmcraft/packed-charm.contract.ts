import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { charmFileName, packCharm } from '../../../scripts/charm-file.ts';
import {
  findPythonFor,
  installPackage,
  type PythonPackage,
  runPackage,
} from '../../../scripts/python-package.ts';
import { type Architecture, ownArchitecture } from '../../../scripts/stage.ts';
import { foreignCode, isElf } from '../../support/foreign-code.ts';
import { type PackedMember, readCharmFile } from '../../support/packed-members.ts';

/** An archive, and the folder that it was packed from. */
interface Packed {
  readonly target: string;
  readonly folder: string;
}

/** In bytes. Where `strip` is missing or knows another architecture only, Node.js keeps its symbols. */
function greatestSize(architecture: Architecture): number {
  const strips = architecture === ownArchitecture && spawnSync('strip', ['--version']).status === 0;
  return strips ? 47e6 : 50e6;
}

/** Packs in folders of their own, so that no path can be the same by chance. */
async function pack(folder: string, architecture: Architecture): Promise<Packed> {
  mkdirSync(folder);
  const packed = { target: join(folder, charmFileName(architecture)), folder: join(folder, 'staged') };
  await packCharm(architecture, packed);
  return packed;
}

let root: string;
let amd64: Packed;
let again: Packed;
let arm64: Packed;
let members: readonly PackedMember[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'packed-'));
  [amd64, again, arm64] = await Promise.all([
    pack(join(root, 'one'), 'amd64'),
    pack(join(root, 'another'), 'amd64'),
    pack(join(root, 'arm'), 'arm64'),
  ]);
  members = await readCharmFile(amd64.target);
}, 180_000);

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function text(path: string): string {
  return members.find((member) => member.path === path)?.content.toString('utf8') ?? '';
}

describe('the charm that npm run pack makes', () => {
  test('is named after its base and architecture, and small', () => {
    expect(readdirSync(join(root, 'one'))).toContain('mimir-k8s_ubuntu-24.04-amd64.charm');
    expect(statSync(amd64.target).size).toBeLessThan(greatestSize('amd64'));
    expect(readdirSync(join(root, 'arm'))).toContain('mimir-k8s_ubuntu-24.04-arm64.charm');
    expect(statSync(arm64.target).size).toBeLessThan(greatestSize('arm64'));
  });

  test('has the same bytes each time', async () => {
    const others = await readCharmFile(again.target);
    const changed = members.filter(({ content }, index) => !others[index]?.content.equals(content));
    expect(changed.map(({ path }) => path)).toEqual([]);
    expect(readFileSync(again.target).equals(readFileSync(amd64.target))).toBe(true);
  });

  test('holds what was staged and a manifest, sorted, and programs alone can be run', () => {
    const entries = readdirSync(amd64.folder, { recursive: true, withFileTypes: true });
    const staged = entries.filter((entry) => entry.isFile());
    const paths = staged.map(({ parentPath, name }) => relative(amd64.folder, join(parentPath, name)));
    expect(members.map(({ path }) => path)).toEqual(paths.toSorted());
    const programs = members.filter(({ mode }) => mode === 0o100755).map(({ path }) => path);
    expect(programs).toEqual(['bin/node', 'bin/probe', 'charm.cjs', 'dispatch']);
    expect(members.filter(({ mode }) => mode === 0o100644)).toHaveLength(members.length - programs.length);
  });

  test('has the licences of all that is in it, and none of it is Mimir, Pebble or MinIO', () => {
    const shipped = [
      'LICENSE',
      'LICENSE.go',
      'LICENSE.node',
      'LICENSE.third-party',
      'README.md',
      'icon.svg',
      'manifest.yaml',
    ];
    expect(members.map(({ path }) => path)).toEqual(expect.arrayContaining(shipped));
    expect(text('LICENSE.node')).toMatch(/^Node\.js is licensed for use as follows/);
    expect(text('LICENSE.go')).toMatch(/^Copyright 2009 The Go Authors\.\n\nRedistribution and use/);
    expect(text('LICENSE.third-party').match(/^(zod|js-yaml|@lezer\/lr) /gm)).toHaveLength(3);
    expect(members.flatMap(({ path, content }) => foreignCode(path, content))).toEqual([]);
    const programs = members.filter(({ content }) => isElf(content)).map(({ path }) => path);
    expect(programs).toEqual(['bin/node', 'bin/probe']);
  });

  test.each(['amd64', 'arm64'] as const)('has the Node.js and the probe of %s', async (architecture) => {
    // ELF: e_machine.
    const machine = { amd64: 62, arm64: 183 }[architecture];
    const own = architecture === 'amd64' ? members : await readCharmFile(arm64.target);
    for (const program of ['bin/node', 'bin/probe'])
      expect(own.find(({ path }) => path === program)?.content.readUInt16LE(18)).toBe(machine);
    // A code cache is of one architecture, and is made where that one's Node.js runs.
    const portable = members.map(({ path }) => path).filter((path) => path !== 'bundle.jsc');
    const cache = architecture === ownArchitecture ? ['bundle.jsc'] : [];
    expect(own.map(({ path }) => path).toSorted()).toEqual([...portable, ...cache].toSorted());
    const manifest = own.find(({ path }) => path === 'manifest.yaml')?.content.toString('utf8') ?? '';
    expect(load(manifest)).toMatchObject({
      bases: [{ name: 'ubuntu', channel: '24.04', architectures: [architecture] }],
    });
  });
});

const charmcraft: PythonPackage = { name: 'charmcraft', version: '4.5.0', minor: 10 };
const python = findPythonFor(charmcraft);
const findings = z.array(z.object({ name: z.string(), result: z.string(), text: z.string() }));
const manifest = z.object({
  'charmcraft-version': z.string(),
  analysis: z.object({ attributes: z.array(z.object({ name: z.string(), result: z.string() })) }),
});

describe.skipIf(python === undefined)('charmcraft itself (needs python3.10 or newer with pip)', () => {
  beforeAll(() => {
    installPackage(python ?? '', charmcraft);
  }, 300_000);

  const analyze = (...flags: readonly string[]) =>
    runPackage(python ?? '', charmcraft, { args: ['analyze', ...flags, amd64.target], cwd: root });

  test('finds no fault in it but the names of options that older Mimir charms have', () => {
    const { stdout } = analyze('--format', 'json');
    const found = findings.parse(JSON.parse(stdout));
    expect(found.length).toBeGreaterThan(5);
    const faults = found.filter(({ result }) => !['ok', 'nonapplicable', 'unknown'].includes(result));
    expect(faults.map(({ name, result }) => [name, result])).toEqual([['naming-conventions', 'warning']]);
    expect(faults[0]?.text).toMatch(
      /^Naming conventions breaks:\nSome config-options \([^)]*\) are using snake/,
    );
    const { status, stderr } = analyze('--ignore', 'naming-conventions');
    expect(status, stderr).toBe(0);
  });

  test('says of its language and framework what the manifest says, which does not claim to be from charmcraft', () => {
    const { analysis, 'charmcraft-version': packer } = manifest.parse(load(text('manifest.yaml')));
    const found = findings.parse(JSON.parse(analyze('--format', 'json').stdout));
    expect(analysis.attributes).toHaveLength(2);
    for (const { name, result } of analysis.attributes)
      expect(found).toContainEqual(expect.objectContaining({ name, result }));
    expect(packer).toBe('none');
  });
});
